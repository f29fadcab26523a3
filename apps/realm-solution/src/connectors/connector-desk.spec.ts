import { connector as connectorSchema, type Connector, type ExternalLocation } from '@symphainy/contracts';
import { ManualClock } from '@symphainy/kernel/testing';
import { parseAllowedTargets } from '@symphainy/service-host';
import { ConnectorDesk } from './connector-desk.js';

const external: ExternalLocation = { kind: 'table', binding: 'policy-admin', name: 'public.policies' };
const settings = (more: object = {}): Connector => connectorSchema.parse({ kind: 'postgres', tenants: ['acme'], host: '127.0.0.1', port: 1, database: 'd', secret: 'CONNECTOR_A', tables: [{ name: 'public.policies', columns: ['a'] }], ...more });

function desk(secrets: Readonly<Record<string, string>> = { CONNECTOR_A: 'reader:secret' }, allowed = '127.0.0.1:1') {
  const asked: string[] = [];
  const store = { read: (names: readonly string[]) => (asked.push(...names), Promise.resolve(Object.fromEntries(names.flatMap((name) => (secrets[name] === undefined ? [] : [[name, secrets[name]]]))))) };
  return { asked, desk: new ConnectorDesk({ secrets: store, allowed: parseAllowedTargets(allowed), clock: new ManualClock(), url: () => 'http://here' }) };
}

describe('what a connector refuses before it connects', () => {
  const codeOf = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'none', (error: { code: string }) => error.code);

  it.each<[string, object, ExternalLocation, string]>([
    ['a table that the binding does not list', {}, { ...external, name: 'public.salaries' }, 'connector.not_allowed'],
    ['something else than a table', {}, { ...external, kind: 'object' }, 'connector.not_allowed'],
    ['a loopback address', { port: 2 }, external, 'connector.not_allowed'],
    ['the address where clouds keep their secrets', { host: '169.254.169.254', port: 80 }, external, 'connector.not_allowed'],
    ['a private address behind IPv6', { host: '::ffff:10.0.0.1' }, external, 'connector.not_allowed'],
    ['a name that leads nowhere', { host: 'nowhere.invalid' }, external, 'connector.unavailable'],
    ['a server that is not there', { tls: 'off' }, external, 'connector.unavailable'],
  ])('%s', async (_what, more, location, code) => {
    expect(await codeOf(desk().desk.open('open', settings(more), location))).toBe(code);
  });

  it('an unencrypted line - only to a target that is allowed for development', async () => {
    expect(await codeOf(desk(undefined, 'elsewhere:1').desk.open('open', settings({ host: '8.8.8.8', tls: 'off' }), external))).toBe('connector.not_allowed');
  });

  it('a secret that is not there, or is no user and password - is told by its name alone', async () => {
    const error = await desk({ CONNECTOR_A: 'hunter2' }).desk.open('open', settings(), external).catch((thrown: unknown) => thrown as { code: string; message: string });
    expect(error).toMatchObject({ code: 'connector.credentials', message: expect.not.stringContaining('hunter2') });
    expect(await codeOf(desk({}).desk.open('open', settings(), external))).toBe('connector.credentials');
  });

  it('a location that is not listed - is refused without a look at secrets', async () => {
    const { asked, desk: own } = desk();
    await codeOf(own.open('open', settings(), { ...external, name: 'public.salaries' }));
    expect(asked).toEqual([]);
  });

  it('a ticket that nobody gave - opens nothing', async () => {
    expect(await codeOf(desk().desk.rows('guess', { columns: ['a'], filters: [] }))).toBe('connector.ticket_invalid');
  });

  it.each(['PATH', 'connector_a', 'CONNECTOR_../x', 'RUNTIME_TOKEN_KEY'])('%s - is no name of a connector’s secret', (secret) => {
    expect(() => settings({ secret })).toThrow('CONNECTOR_');
  });
});
