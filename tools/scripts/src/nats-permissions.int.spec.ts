import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { connectNats } from '@symphainy/bus-nats';
import { NO_REALM, patternFor, subjects, type Subject, type SubjectEntry } from '@symphainy/contracts';
import { type Logger, silentLogger } from '@symphainy/kernel';
import type { Bus } from '@symphainy/ports';
import { keepCertificates, type NatsServer, startNats, type TlsFiles } from '@symphainy/servers-local';
import { busUsers, type BusUser } from './nats-permissions.js';

const catalogue: [Subject, SubjectEntry][] = Object.entries(subjects).map(([subject, entry]) => [subject as Subject, entry]);
const deployed = (file: string): string => readFileSync(resolve(__dirname, '../../../deploy/nats', file), 'utf8');

/** The committed configuration with passwords filled in, and one more user who hears and says everything. */
function configuration(tls: TlsFiles): string {
  return deployed('nats.conf')
    .replace(/^\s*include .*$/m, deployed('permissions.conf'))
    .replace(/\$BUS_PASSWORD_\w+/g, '"a-password"')
    .replace('/etc/nats/tls/tls.crt', tls.certificateFile)
    .replace('/etc/nats/tls/tls.key', tls.keyFile)
    .replace(/^http_port.*$/m, '')
    .replace('users = [', 'users = [\n    { user: "observer", password: "a-password" }');
}

/** A subject with its tokens filled: who speaks and its realm are its own, anything else is "t". */
function concrete(subject: Subject, user: BusUser): string {
  const realm = user.realms?.[0] ?? (subject.includes('{service}') ? NO_REALM : 'content');
  return subject.replace(/\{(\w+)\}/g, (_, token: string) => ({ realm, service: user.name })[token] ?? 't');
}

const settle = async (...buses: Bus[]): Promise<void> => {
  for (const bus of buses) await bus.flush();
};

const users = busUsers.map((user): [string, BusUser] => [user.name, user]);

describe('deploy/nats on a real server', () => {
  let server: NatsServer;
  let directory: string;
  let tls: TlsFiles;
  let observer: Bus;
  const open = new Set<Bus>();

  const connectAs = async (user: string, logger: Logger = silentLogger): Promise<Bus> => {
    const bus = await connectNats({ url: server.url, name: user, user, password: 'a-password', inboxPrefix: `_INBOX_${user}`, logger, caFile: tls.caFile });
    open.add(bus);
    return bus;
  };

  /** What the server says over TLS, until it hangs up: it speaks first, in the clear. */
  const answerTo = async (hello: string): Promise<string> => {
    const plain = createConnection(server.port, '127.0.0.1');
    await once(plain, 'data');
    const socket = connectTls({ socket: plain, ca: readFileSync(tls.caFile, 'utf8'), host: '127.0.0.1' });
    socket.write(hello);
    return text(socket);
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'symphainy-permissions-'));
    ({ nats: tls } = await keepCertificates(directory, ['nats'], Date.now()));
    server = await startNats({ config: configuration(tls) });
    observer = await connectAs('observer');
  });

  afterAll(async () => {
    for (const bus of open) await bus.drain();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  it.each(users)('%s - publishes what the catalogue gives its plane, and nothing else arrives', async (name, user) => {
    const arrived: string[] = [];
    const refused: unknown[] = [];
    const listening = observer.subscribe('>', ({ subject }) => void arrived.push(subject));
    await observer.flush();
    const bus = await connectAs(name, { ...silentLogger, error: (fields) => void refused.push(fields) });
    for (const [subject] of catalogue) bus.publish(concrete(subject, user), new Uint8Array());
    await settle(bus, observer);
    listening.unsubscribe();

    const allowed = catalogue.filter(([, entry]) => entry.publisher.includes(user.plane)).map(([subject]) => concrete(subject, user));
    expect(arrived.filter((subject) => !subject.startsWith('_INBOX_')).sort()).toEqual([...allowed].sort());
    expect(refused.length).toBeGreaterThan(0);
    expect(String((refused[0] as { err: Error }).err.message)).toMatch(/permissions violation/i);
  });

  it.each(users)('%s - hears what the catalogue sends to its plane, and nothing else', async (name, user) => {
    const heard = new Set<string>();
    const bus = await connectAs(name);
    for (const [subject] of catalogue) bus.subscribe(patternFor(subject, (user.realms !== undefined && subject.includes('{realm}') ? { realm: user.realms[0] } : {}) as never), (message) => void heard.add(message.subject));
    await bus.flush();
    for (const [subject] of catalogue) observer.publish(concrete(subject, user), new Uint8Array());
    await settle(observer, bus);

    const allowed = catalogue.filter(([, entry]) => entry.consumer === user.plane).map(([subject]) => concrete(subject, user));
    expect([...heard].sort()).toEqual([...allowed].sort());
  });

  it('realm-content - cannot listen to another realm’s steps', async () => {
    const heard: string[] = [];
    const bus = await connectAs('realm-content');
    for (const pattern of ['realm.insights.*.step', 'realm.*.*.step', '>']) bus.subscribe(pattern, ({ subject }) => void heard.push(subject));
    await bus.flush();
    observer.publish('realm.insights.t.step', new Uint8Array());
    await settle(observer, bus);
    expect(heard).toEqual([]);
  });

  it('experience-gateway - is answered by the runtime in an inbox that no other service can read', async () => {
    const overheard: string[] = [];
    const [gateway, runtime, realm] = [await connectAs('experience-gateway'), await connectAs('runtime'), await connectAs('realm-content')];
    realm.subscribe('_INBOX_experience-gateway.>', ({ subject }) => void overheard.push(subject));
    runtime.subscribe('runtime.execution.read', (message) => message.respond(Buffer.from('answer')), { queue: 'one' });
    await settle(runtime, realm);
    const answer = await gateway.request('runtime.execution.read', new Uint8Array(), { timeoutMs: 5000 });
    await realm.flush();
    expect(Buffer.from(answer.data).toString()).toBe('answer');
    expect(overheard).toEqual([]);
  });

  it('a realm - registers neither as another service nor for another realm', async () => {
    const arrived: string[] = [];
    const listening = observer.subscribe('smart-city.>', ({ subject }) => void arrived.push(subject));
    const realm = await connectAs('realm-content');
    await observer.flush();
    for (const subject of ['smart-city.register.experience-gateway.-', 'smart-city.register.realm-insights.insights', 'smart-city.register.realm-content.insights', 'smart-city.register.realm-content.content', 'smart-city.health.runtime']) realm.publish(subject, new Uint8Array());
    await settle(realm, observer);
    listening.unsubscribe();
    expect(arrived).toEqual(['smart-city.register.realm-content.content']);
  });

  it('an unknown user - is not let in', async () => {
    // The client would knock for ever: a service waits for its server. The wire shows the answer.
    expect(await answerTo('CONNECT {"user":"stranger","pass":"a-password"}\r\nPING\r\n')).toMatch(/-ERR 'Authorization Violation'/);
    expect(await answerTo('CONNECT {"user":"runtime","pass":"another"}\r\nPING\r\n')).toMatch(/-ERR 'Authorization Violation'/);
  });

  it('a known user in the clear - is not let in', async () => {
    const socket = createConnection(server.port, '127.0.0.1');
    socket.write('CONNECT {"user":"runtime","pass":"a-password"}\r\nPING\r\n');
    const answer = await text(socket).catch((error: Error) => error.message);
    expect(answer).not.toContain('PONG');
  });
});
