import type { SecretStore } from '@symphainy/ports';

/** Secrets that stand in the environment under their own names. An empty one counts as absent. */
export class EnvSecrets implements SecretStore {
  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  read(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve(Object.fromEntries(names.flatMap((name) => (this.env[name] ? [[name, this.env[name]]] : []))));
  }
}
