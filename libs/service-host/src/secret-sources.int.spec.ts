import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, type EnvContract } from '@symphainy/kernel';
import { secretVariables, withSecrets } from './secret-sources.js';

const contract = {
  BUS_URL: env.url({ description: 'bus', group: 'bus', protocols: ['nats'] }),
  BUS_PASSWORD: env.optionalText({ description: 'password', group: 'bus', sensitive: true }),
  TOKEN_KEY: env.secretKey({ description: 'key', group: 'x' }),
} as unknown as EnvContract<Record<string, unknown>>;

describe('where a service’s secrets come from', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'symphainy-secret-sources-'));
    await writeFile(join(directory, 'TOKEN_KEY'), 'from the directory\n');
    await writeFile(join(directory, 'BUS_URL'), 'nats://no-secret\n');
    await writeFile(join(directory, 'password.txt'), 'from a named file');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('variable, named file, directory - each gives its own, and only secrets are looked for', async () => {
    const source = { BUS_URL: 'nats://a', BUS_PASSWORD_FILE: join(directory, 'password.txt'), SECRETS_DIR: directory };
    expect(await withSecrets(contract, source, 'runtime')).toMatchObject({ BUS_URL: 'nats://a', BUS_PASSWORD: 'from a named file', TOKEN_KEY: 'from the directory' });
    expect(await withSecrets(contract, { BUS_PASSWORD: 'plain' }, 'runtime')).toMatchObject({ BUS_PASSWORD: 'plain' });
  });

  it('a secret in two places, and a file that is not there - are named, and no value is told', async () => {
    const twice = withSecrets(contract, { BUS_PASSWORD: 'hunter2', BUS_PASSWORD_FILE: join(directory, 'password.txt') }, 'runtime');
    await expect(twice).rejects.toThrow(/^bad environment: BUS_PASSWORD is given both as a variable and in a file/);
    await expect(twice).rejects.not.toThrow(/hunter2/);
    await expect(withSecrets(contract, { BUS_PASSWORD_FILE: join(directory, 'absent') }, 'runtime')).rejects.toThrow(/the file of BUS_PASSWORD, .*absent, cannot be read \(ENOENT\)/);
    await expect(withSecrets(contract, { SECRETS_VAULT_URL: 'http://127.0.0.1:9' }, 'runtime')).rejects.toThrow(/SECRETS_VAULT_TOKEN is required/);
  });

  it('a process - forgets every variable that holds a secret or names its file', () => {
    expect(secretVariables(contract)).toEqual(['BUS_PASSWORD', 'BUS_PASSWORD_FILE', 'TOKEN_KEY', 'TOKEN_KEY_FILE']);
  });
});
