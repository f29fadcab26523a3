import { EnvContractError } from '@symphainy/kernel';
import { SecretStoreError } from '@symphainy/ports';
import { bootService, contractOf, type RunningService } from './boot.js';
import { secretVariables } from './secret-sources.js';
import type { ServiceDefinition } from './service-definition.js';

/** A service as a process of its own: boots from the process's environment, stops on SIGTERM and SIGINT, exits 78 (EX_CONFIG) on a bad environment. Its secrets leave the environment, so that no child process inherits them. */
export function runService<E>(definition: ServiceDefinition<E>): void {
  const booting = bootService(definition, { env: { ...process.env } });
  for (const name of [...secretVariables(contractOf(definition)), ...prefixed(definition.secretsPrefix)]) delete process.env[name];
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(booting));
  booting.catch((error: unknown) => {
    process.stderr.write(`${definition.name} did not start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof EnvContractError || error instanceof SecretStoreError ? 78 : 1);
  });
}

const prefixed = (prefix: string | undefined): string[] => (prefix === undefined ? [] : Object.keys(process.env).filter((name) => name.startsWith(prefix)));

async function stop(booting: Promise<RunningService>): Promise<void> {
  await (await booting).close();
  process.exit(0);
}
