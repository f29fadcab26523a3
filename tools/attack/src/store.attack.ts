import { readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { openDatabase, urlAsRole } from '@symphainy/store-postgres';
import type { Attack, Attempt } from './attempt.js';
import { HOSTILE } from './hostile-realm.js';
import type { Target } from './target.js';

/** The hostile realm's password, and a stolen one of Smart City's, at the database and at Redis. */
export const storeAttack: Attack = {
  name: 'the stores',
  guard: 'store credentials',
  run: async (target) => [...(await asStranger(target)), ...(await beyondItsRole(target)), ...(await atRedis(target)), await atBus(target)],
};

/** What a query answers, or undefined and why not. */
async function query(url: string, sql: string): Promise<string | undefined> {
  const database = openDatabase({ url, applicationName: 'attack', poolMax: 1 });
  try {
    return JSON.stringify(await database.query(sql)).slice(0, 200);
  } catch {
    return undefined;
  } finally {
    await database.close();
  }
}

async function asStranger({ stack, secrets, trail }: Target): Promise<Attempt[]> {
  const mine = secrets.passwords[HOSTILE.name]!;
  const refused = (): number => trail.count('postgres', /password authentication failed|no pg_hba.conf entry|no encryption/);
  const before = refused();
  const tries: [string, string][] = [
    ...['postgres', 'symphainy_city', 'symphainy_runtime_writer', 'symphainy_runtime_reader', 'symphainy_runtime_follower', HOSTILE.name].map((role): [string, string] => [`as ${role} with a realm’s password`, urlAsRole(stack.postgresUrl, role, mine)]),
    ['as postgres with a usual password', urlAsRole(stack.postgresUrl, 'postgres', 'postgres')],
    ['without TLS', stack.postgresUrl.replace(/\?.*$/, '')],
  ];
  const attempts: Attempt[] = [];
  for (const [how, url] of tries) attempts.push({ name: `Postgres ${how}`, got: await query(url, 'select 1 as in'), recorded: () => refused() >= before + tries.length });
  return attempts;
}

/** Smart City's role is real: what it may not do there is the roles' doing. */
async function beyondItsRole({ stack, secrets }: Target): Promise<Attempt[]> {
  const url = urlAsRole(stack.postgresUrl, 'symphainy_city', secrets.passwords['symphainy_city']!);
  const tries = ['select body from runtime.wal_frames limit 1', 'select * from runtime.wal_writers', 'delete from runtime.executions', 'create role intruder superuser', 'set role postgres', 'select rolpassword from pg_authid', "copy (select 1) to program 'id'", 'select pg_read_file(\'pg_hba.conf\')', 'create table public.intruder (a int)'];
  const attempts: Attempt[] = [];
  for (const sql of tries) attempts.push({ name: `Postgres, Smart City’s password: ${sql}`, got: await query(url, sql), recorded: (trail) => trail.tells('postgres', 'STATEMENT', sql) });
  return attempts;
}

const QUIET_MS = 1_000;

/** Everything that a server says until it closes the line, or says no more. */
function conversation(socket: Socket | TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setTimeout(QUIET_MS, () => socket.destroy());
    socket.on('data', (data: Buffer) => (text += data.toString()));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(text === '' ? '-closed' : text));
  });
}

/** Sends commands over TLS and answers what Redis says. */
function redis({ stack }: Pick<Target, 'stack'>, port: number, commands: readonly string[]): Promise<string> {
  const socket = connectTls({ port, host: '127.0.0.1', ca: readFileSync(stack.busAccess(HOSTILE.name).caFile, 'utf8') }, () => socket.write(`${[...commands, 'QUIT'].join('\r\n')}\r\n`));
  return conversation(socket);
}

function plain(port: number, line: string): Promise<string> {
  const socket = connectPlain(port, '127.0.0.1', () => socket.write(`${line}\r\n`));
  return conversation(socket);
}

/** With a user and password that are good: without TLS anybody on the way would have them. */
async function atBus({ stack, trail }: Target): Promise<Attempt> {
  const { url, user, password } = stack.busAccess(HOSTILE.name);
  const refused = (): number => trail.count('nats', /TLS|Client parser ERROR|Unknown Protocol/i);
  const before = refused();
  const answer = await plain(Number(new URL(url).port), `CONNECT ${JSON.stringify({ user, pass: password, verbose: false, tls_required: false })}\r\nPING`);
  return { name: 'NATS, without TLS', got: answer.includes('PONG') ? 'the bus' : undefined, recorded: () => refused() > before };
}

async function atRedis(target: Target): Promise<Attempt[]> {
  const { stack, secrets, trail } = target;
  const port = stack.redisPort;
  const mine = secrets.passwords[HOSTILE.name]!;
  const asRuntime = `AUTH runtime ${secrets.passwords['redis']!}`;
  const denied = (text: string): boolean => /^-(NOAUTH|WRONGPASS|NOPERM|ERR|closed)/m.test(text);
  /** What its operator sees: refused logins and commands by name, and how many commands came from nobody. */
  const told = (): Promise<string> => redis(target, port, [`AUTH operator ${secrets.passwords['redis-operator']!}`, 'ACL LOG 128', 'INFO errorstats']);
  const tries: [string, readonly string[], RegExp][] = [
    ['without a password', ['PING'], /errorstat_NOAUTH/],
    ['a realm’s password', [`AUTH ${mine}`], /errorstat_WRONGPASS|\bauth\b/i],
    ['a realm’s password as the runtime', [`AUTH runtime ${mine}`], /errorstat_WRONGPASS/],
    ['the runtime’s password: KEYS *', [asRuntime, 'KEYS *'], /\r\nkeys\r\n/i],
    ['the runtime’s password: FLUSHALL', [asRuntime, 'FLUSHALL'], /\r\nflushall\r\n/i],
    ['the runtime’s password: CONFIG GET *', [asRuntime, 'CONFIG GET *'], /\r\nconfig\|get\r\n/i],
    ['the runtime’s password: another prefix', [asRuntime, 'HGET other:x s'], /\r\nother:x\r\n/],
    ['the runtime’s password: MONITOR', [asRuntime, 'MONITOR'], /\r\nmonitor\r\n/i],
  ];
  const attempts: Attempt[] = [];
  for (const [how, commands, record] of tries) {
    const answer = await redis(target, port, commands);
    attempts.push({ name: `Redis, ${how}`, got: denied(answer) ? undefined : answer.slice(0, 100), recorded: async () => record.test(await told()) });
  }
  const before = trail.count('redis', /Error accepting a client connection/);
  const clear = await plain(port, 'PING');
  attempts.push({ name: 'Redis, without TLS', got: denied(clear) ? undefined : clear, recorded: () => trail.count('redis', /Error accepting a client connection/) > before });
  return attempts;
}
