import { type SecretStore, SecretStoreError } from '@symphainy/ports';
import { z } from 'zod';

export interface VaultOptions {
  /** Base URL, e.g. `https://vault.internal:8200`. */
  readonly url: string;
  /** A token whose policy lets it read the path. */
  readonly token: string;
  /** Where the KV version 2 engine is mounted. Default `secret`. */
  readonly mount?: string;
  /** Path of this service's secret in the engine, e.g. `symphainy/runtime`; its keys are the variables' names. */
  readonly path: string;
  /** Default 5 s. */
  readonly timeoutMs?: number;
}

const answer = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()).nullable() }) });

/** What a status means to whoever configured the store. */
const ADVICE: Readonly<Record<number, string>> = {
  400: 'it does not take the request: check that the engine is KV version 2',
  403: 'the token may not read it: give it a policy with "read" on that path',
  429: 'it is a standby without reads: name the active node',
  503: 'it is sealed or in maintenance: unseal it',
};

/** Secrets in a HashiCorp Vault (or OpenBao) KV version 2 engine: `GET /v1/<mount>/data/<path>`, the newest version. */
export class VaultSecrets implements SecretStore {
  constructor(private readonly options: VaultOptions) {}

  async read(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const held = await this.fetchAll();
    const entries = names.filter((name) => Object.hasOwn(held, name)).map((name) => {
      const value = held[name];
      if (typeof value !== 'string') throw new SecretStoreError(`${this.place}: ${name} is no text; store it as a string`);
      return [name, value] as const;
    });
    return Object.fromEntries(entries);
  }

  private get place(): string {
    return `the secret store at ${this.options.url} (${this.options.mount ?? 'secret'}/${this.options.path})`;
  }

  private async fetchAll(): Promise<Readonly<Record<string, unknown>>> {
    const response = await this.ask();
    // Nothing there, or its newest version deleted.
    if (response.status === 404) return {};
    if (!response.ok) throw new SecretStoreError(`${this.place} answered ${response.status}: ${ADVICE[response.status] ?? 'look at its log'}`);
    const parsed = answer.safeParse(await response.json().catch(() => undefined));
    if (!parsed.success) throw new SecretStoreError(`${this.place} answered what a KV version 2 engine does not`);
    return parsed.data.data.data ?? {};
  }

  private async ask(): Promise<Response> {
    const { url, token, mount = 'secret', path, timeoutMs = 5000 } = this.options;
    const segments = ['v1', ...mount.split('/'), 'data', ...path.split('/')].map(encodeURIComponent).join('/');
    try {
      return await fetch(new URL(segments, url.endsWith('/') ? url : `${url}/`), { headers: { 'x-vault-token': token, 'x-vault-request': 'true' }, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      throw new SecretStoreError(`${this.place} cannot be reached (${cause?.code ?? message}): start it, or correct SECRETS_VAULT_URL`);
    }
  }
}
