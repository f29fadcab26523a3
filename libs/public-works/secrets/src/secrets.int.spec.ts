import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretStoreContract } from '@symphainy/ports/testing';
import { EnvSecrets, FileSecrets, VaultSecrets } from './index.js';

const TOKEN = 'hvs.a-token';

/** A small server that speaks the part of Vault's KV version 2 API that reads, as its documentation gives it. */
async function startVault(path: string, held: Readonly<Record<string, unknown>> | null): Promise<{ url: string; seal(): void; close(): Promise<void> }> {
  let sealed = false;
  const reply = (response: ServerResponse, status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const server = createServer((request: IncomingMessage, response) => {
    if (sealed) return reply(response, 503, { errors: ['Vault is sealed'] });
    if (request.headers['x-vault-token'] !== TOKEN) return reply(response, 403, { errors: ['permission denied'] });
    if (request.url !== `/v1/secret/data/${path}`) return reply(response, 404, { errors: [] });
    const metadata = { created_time: '2026-01-01T00:00:00Z', custom_metadata: null, deletion_time: '', destroyed: false, version: 3 };
    return reply(response, held === null ? 404 : 200, { request_id: 'r', lease_id: '', renewable: false, lease_duration: 0, data: { data: held, metadata }, wrap_info: null, warnings: null, auth: null });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seal: () => void (sealed = true), close: () => new Promise((resolve) => void server.close(() => resolve())) };
}

secretStoreContract('environment', (held) => Promise.resolve({ store: new EnvSecrets({ ...held, PATH: '/bin' }) }));

describe('secrets in files and stores', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'symphainy-secrets-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  let count = 0;
  const written = async (held: Readonly<Record<string, string>>): Promise<string> => {
    const place = join(directory, String(count++));
    await mkdir(place);
    for (const [name, value] of Object.entries(held)) await writeFile(join(place, name), `${value}\n`);
    return place;
  };

  secretStoreContract('a mounted directory', async (held) => ({ store: new FileSecrets({ files: {}, directory: await written(held) }) }));

  secretStoreContract('named files', async (held) => {
    const place = await written(held);
    const store = new FileSecrets({ files: Object.fromEntries(Object.keys(held).map((name) => [name, join(place, name)])) });
    return { store, break: () => rm(place, { recursive: true }) };
  });

  secretStoreContract('Vault', async (held) => {
    const vault = await startVault('symphainy/runtime', held);
    return { store: new VaultSecrets({ url: vault.url, token: TOKEN, path: 'symphainy/runtime' }), break: () => Promise.resolve(vault.seal()), close: () => vault.close() };
  });

  it('Vault - a deleted version and a path where nothing is hold nothing; a wrong token, a value that is no text and a server away say what to do', async () => {
    const vault = await startVault('symphainy/runtime', { COUNT: 7 });
    const deleted = await startVault('symphainy/runtime', null);
    const at = (url: string, token = TOKEN, path = 'symphainy/runtime') => new VaultSecrets({ url, token, path, timeoutMs: 2000 }).read(['COUNT']);
    expect(await at(deleted.url)).toEqual({});
    expect(await at(vault.url, TOKEN, 'symphainy/other')).toEqual({});
    await expect(at(vault.url, 'hvs.wrong')).rejects.toThrow(/403: the token may not read it/);
    await expect(at(vault.url)).rejects.toThrow(/COUNT is no text/);
    await Promise.all([vault.close(), deleted.close()]);
    await expect(at(vault.url)).rejects.toThrow(/cannot be reached \(/);
  });
});
