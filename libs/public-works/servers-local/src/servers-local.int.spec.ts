import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type AddressInfo, type Server } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirInUseError, keepCertificates, ServerStartError, startNats, startPostgres, startRedis, type PostgresServer } from './index.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { DATA_DIR_BY_DESCRIPTOR, isPostgres } from './postgres-data.js';
import { postgresUser } from './postgres-user.js';
import { asGuardedCommand } from './server-process.js';

const isRoot = process.getuid?.() === 0;
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The server's first bytes after `hello`, or a rejection when nobody listens. */
const talk = (port: number, hello: string | Uint8Array): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write(hello));
    socket.once('data', (data) => {
      resolve(data.toString('latin1'));
      socket.destroy();
    });
    socket.once('error', reject);
  });
/** Postgres answers an SSLRequest with a single letter. */
const SSL_REQUEST = Uint8Array.from([0, 0, 0, 8, 4, 210, 22, 47]);

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

describe('servers-local', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'servers-local-spec-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('postgres - starts a second time on its data directory, with the same password, after an unclean pid file', async () => {
    const dataDir = join(directory, 'pg');
    const first = await startPostgres({ dataDir });
    await first.stop();
    await writeFile(join(dataDir, 'postmaster.pid'), `${process.pid}\n/elsewhere\n`);
    const second = await startPostgres({ dataDir, port: first.port });
    expect(second.url).toBe(first.url);
    expect(await talk(second.port, SSL_REQUEST)).toMatch(/^[NS]/);
    await second.stop();
    expect(alive(second.pid)).toBe(false);
  });

  it('postgres - runs where only the owner may enter, and does not widen those permissions', async () => {
    const closed = join(directory, 'home');
    await mkdir(closed, { mode: 0o700 });
    const server = await startPostgres({ dataDir: join(closed, 'data', 'pg') });
    expect(await talk(server.port, SSL_REQUEST)).toMatch(/^[NS]/);
    await server.stop();
  });

  it('postgres - a taken port is replaced by a free one', async () => {
    const squatter: Server = createServer();
    const taken = await new Promise<number>((resolve) => squatter.listen(0, '127.0.0.1', () => resolve((squatter.address() as AddressInfo).port)));
    const server = await startPostgres({ dataDir: join(directory, 'pg'), port: taken });
    expect(server.port).not.toBe(taken);
    await server.stop();
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('postgres - refuses a data directory that a living server uses', async () => {
    const dataDir = join(directory, 'pg');
    const server: PostgresServer = await startPostgres({ dataDir });
    await expect(startPostgres({ dataDir })).rejects.toBeInstanceOf(DataDirInUseError);
    await server.stop();
  });

  it('postgres - a parent killed with SIGKILL leaves no server behind, and the directory starts again', async () => {
    const dataDir = join(directory, 'pg');
    const prepared = await startPostgres({ dataDir });
    await prepared.stop();
    // The parent is a program of its own that starts the server by the same guarded command, then is killed.
    const user = postgresUser()?.name;
    const { postgres } = await findPostgresBinaries(user);
    const args = ['-D', DATA_DIR_BY_DESCRIPTOR, '-p', String(prepared.port), '-k', '', '-c', 'listen_addresses=127.0.0.1'];
    const command = asGuardedCommand({ program: postgres, args, stopSignal: 'SIGINT', ...(user === undefined ? {} : { user }) });
    const script = `
      const fd = require('node:fs').openSync(${JSON.stringify(dataDir)}, 'r');
      const child = require('node:child_process').spawn(${JSON.stringify(command.program)}, ${JSON.stringify(command.args)}, { cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe', fd] });
      child.stderr.on('data', (data) => { if (String(data).includes('ready to accept')) process.stdout.write(String(child.pid) + '\\n'); });`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))));
    parent.kill('SIGKILL');
    const again = await startPostgres({ dataDir });
    expect(await isPostgres(pid)).toBe(false);
    await again.stop();
  });

  it('postgres - shows no password in the process list', async () => {
    const server = await startPostgres({ dataDir: join(directory, 'pg') });
    const password = new URL(server.url).password;
    expect(password).toHaveLength(43);
    expect(spawnSync('ps', ['axww'], { encoding: 'utf8' }).stdout).not.toContain(password);
    if (isRoot) expect(spawnSync('ps', ['-o', 'user=', '-p', String(server.pid)], { encoding: 'utf8' }).stdout.trim()).toBe('postgres');
    await server.stop();
  });

  it('nats - serves with a given configuration, and a broken one is an error that quotes the server', async () => {
    const server = await startNats({ config: 'max_payload: 4096' });
    expect(await talk(server.port, '')).toContain('"max_payload":4096');
    await server.stop();
    expect(alive(server.pid)).toBe(false);
    await expect(startNats({ config: 'accounts: {' })).rejects.toBeInstanceOf(ServerStartError);
  });

  it('redis - wants its password', async () => {
    const server = await startRedis({ appendonly: true });
    expect(await talk(server.port, 'PING\r\n')).toContain('NOAUTH');
    expect(await talk(server.port, `AUTH ${new URL(server.url).password}\r\n`)).toContain('OK');
    await server.stop();
  });

  it('certificates - are made once, kept where only their owner reads them, and made anew when they would end soon', async () => {
    const kept = join(directory, 'tls');
    const now = Date.UTC(2026, 0, 1);
    const { nats } = await keepCertificates(kept, ['nats'], now);
    const first = await readFile(nats.certificateFile, 'utf8');
    expect((await stat(nats.keyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(kept)).mode & 0o777).toBe(0o700);
    await keepCertificates(kept, ['nats'], now + 600 * 24 * 3_600_000);
    expect(await readFile(nats.certificateFile, 'utf8')).toBe(first);
    await keepCertificates(kept, ['nats'], now + 700 * 24 * 3_600_000);
    expect(await readFile(nats.certificateFile, 'utf8')).not.toBe(first);
  });

  it('certificates - with them, no server takes anybody in the clear, and a client knows the server by the authority', async () => {
    const { postgres, redis, nats } = await keepCertificates(join(directory, 'tls'), ['postgres', 'redis', 'nats'], Date.now());
    const logged: string[] = [];
    const [pg, cache, bus] = await Promise.all([
      startPostgres({ dataDir: join(directory, 'pg'), tls: postgres, onLine: (line) => void logged.push(line) }),
      startRedis({ tls: redis, users: [{ name: 'reader', password: 'p'.repeat(24), rules: '~a:* +get +ping' }] }),
      startNats({ tls: nats }),
    ]);
    expect(await talk(pg.port, SSL_REQUEST)).toBe('S');
    // A start-up message without TLS: protocol 3.0, user postgres.
    const startUp = Buffer.concat([Buffer.from([0, 0, 0, 23, 0, 3, 0, 0]), Buffer.from('user\0postgres\0\0', 'latin1')]);
    expect(await talk(pg.port, startUp)).toMatch(/no pg_hba.conf entry .* no encryption/);
    expect(logged.join()).toMatch(/no encryption/);
    expect(await talk(cache.port, 'PING\r\n').catch((error: Error) => error.message)).not.toContain('PONG');
    const hello = JSON.parse((await talk(bus.port, '')).replace(/^INFO /, '')) as { tls_required?: boolean };
    expect(hello.tls_required).toBe(true);

    const overTls = (port: number, ca: string, command: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connectTls({ port, host: '127.0.0.1', ca }, () => socket.write(command));
        socket.once('data', (data) => (resolve(data.toString()), socket.destroy()));
        socket.once('error', reject);
      });
    const ca = await readFile(redis.caFile, 'utf8');
    expect(await overTls(cache.port, ca, `AUTH reader ${'p'.repeat(24)}\r\n`)).toContain('OK');
    expect(await overTls(cache.port, ca, 'AUTH anything\r\n')).toMatch(/WRONGPASS|ERR/);
    const stranger = await keepCertificates(join(directory, 'other'), ['redis'], Date.now());
    await expect(overTls(cache.port, await readFile(stranger.redis.caFile, 'utf8'), 'PING\r\n')).rejects.toThrow(/certificate|self.signed|issuer/i);
    await Promise.all([pg.stop(), cache.stop(), bus.stop()]);
  });
});
