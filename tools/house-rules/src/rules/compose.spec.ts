import { env } from '@symphainy/kernel';
import { makeCertificates } from '@symphainy/servers-local';
import { deployEnv, TLS_SERVERS, type DescribedService } from '@symphainy/scripts';
import { hostEnv } from '@symphainy/service-host';
import { makeSecrets, RUNTIME_REDIS_RULES } from '@symphainy/launcher';
import { parse, stringify } from 'yaml';
import { repositoryOf } from '../repository.js';
import { theseServices, thisRepository } from '../this-repository.js';
import { checkCompose } from './compose.js';

const common = { BUS_URL: env.url({ description: 'bus', group: 'bus', protocols: ['nats'] }), BUS_PASSWORD: env.optionalText({ description: 'password', group: 'bus', sensitive: true }) };
const runtime: DescribedService = { name: 'runtime', plane: 'runtime', env: { DATABASE_URL: env.url({ description: 'store', group: 'store', protocols: ['postgres'] }) } };

const companion = { image: 'x:1', healthcheck: {} };
const sound = {
  services: {
    runtime: {
      image: 'symphainy/runtime:1',
      build: { args: { SERVICE: 'runtime' } },
      environment: { BUS_URL: 'tls://nats', BUS_PASSWORD: '${BUS_PASSWORD:?set it}', DATABASE_URL: 'postgres://db/x?sslmode=verify-full' },
      healthcheck: {},
      networks: ['bus'],
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    },
    ...Object.fromEntries(['nats', 'redis', 'postgres', 'arangodb', 'objects', 'otel-collector', 'prometheus', 'tempo', 'grafana'].map((name) => [name, companion])),
  },
  networks: { bus: { internal: true }, data: { internal: true }, telemetry: { internal: true }, edge: {} },
};

type Edited = { services: Record<string, Record<string, unknown>>; networks: Record<string, Record<string, unknown>> };
const problemsAfter = (edit: (compose: Edited) => void): string[] => {
  const compose = structuredClone(sound) as unknown as Edited;
  edit(compose);
  return checkCompose(repositoryOf({ 'docker-compose.yml': stringify(compose) }), common, [runtime]).map((problem) => problem.replace('docker-compose.yml: ', ''));
};

describe('docker-compose.yml', () => {
  it('this repository - everyone is there, given what it reads and no more', () => {
    expect(checkCompose(thisRepository, hostEnv, theseServices())).toEqual([]);
  });

  it('every secret it asks for - is made by `npm run deploy:env`, and none else', async () => {
    const asked = new Set([...thisRepository.text('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
    const mounted = Object.values((parse(thisRepository.text('docker-compose.yml'), { merge: true }) as { secrets: Record<string, { environment: string }> }).secrets).map(({ environment }) => environment);
    const made = [...deployEnv(makeSecrets(), await makeCertificates(TLS_SERVERS, Date.now())).replace(/'[^']*'/g, '').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(made.sort()).toEqual([...asked, ...mounted].sort());
  });

  it('Redis - lets the runtime do here what it may do everywhere', () => {
    expect(thisRepository.text('docker-compose.yml')).toContain(`resetchannels -@all ${RUNTIME_REDIS_RULES}\\n`);
  });

  it('a sound one - is accepted', () => {
    expect(problemsAfter(() => undefined)).toEqual([]);
  });

  it.each<[string, (compose: Edited) => void, string]>([
    ['a missing server', ({ services }) => void delete services['nats'], 'nats: is missing'],
    ['a variable nobody reads', ({ services }) => void Object.assign(services['runtime']?.['environment'] as object, { TYPO: '1' }), 'runtime: is given TYPO, which its env contract does not know'],
    ['a required variable left out', ({ services }) => void delete (services['runtime']?.['environment'] as Record<string, string>)['DATABASE_URL'], 'runtime: is not given DATABASE_URL, which its env contract requires'],
    ['a bus in the clear', ({ services }) => void Object.assign(services['runtime']?.['environment'] as object, { BUS_URL: 'nats://nats' }), 'runtime: BUS_URL reaches a server without TLS'],
    ['a database in the clear', ({ services }) => void Object.assign(services['runtime']?.['environment'] as object, { DATABASE_URL: 'postgres://db/x?sslmode=prefer' }), 'runtime: DATABASE_URL reaches a server without TLS'],
    ['a secret in plain text', ({ services }) => void Object.assign(services['runtime']?.['environment'] as object, { BUS_PASSWORD: 'hunter2' }), 'runtime: BUS_PASSWORD is a secret and needs the form ${NAME:?…}'],
    ['a secret with a default', ({ services }) => void Object.assign(services['redis'] ?? {}, { ...companion, environment: { REDIS_PASSWORD: '${REDIS_PASSWORD:-redis}' } }), 'redis: REDIS_PASSWORD is a secret and needs the form ${NAME:?…}'],
    ['a container without a health check', ({ services }) => void delete services['redis']?.['healthcheck'], 'redis: has no health check'],
    ['an image without a version', ({ services }) => void Object.assign(services['redis'] ?? {}, { image: 'redis' }), 'redis: names no version of its image'],
    ['a privileged container', ({ services }) => void Object.assign(services['redis'] ?? {}, { privileged: true }), 'redis: is privileged'],
    ['a service that keeps capabilities', ({ services }) => void delete services['runtime']?.['cap_drop'], 'runtime: keeps capabilities it does not need'],
    ['a telemetry server that reaches the stores', ({ services }) => void Object.assign(services['tempo'] ?? {}, { networks: ['data'] }), 'tempo: can reach the stores'],
    ['a port open to the whole network', ({ services }) => void Object.assign(services['grafana'] ?? {}, { ports: ['3000:3000'], networks: ['edge'] }), 'grafana: publishes 3000:3000 to the whole network'],
    ['a bus open to the outside', ({ networks }) => void Object.assign(networks, { bus: {} }), 'the network bus is open to the outside'],
    ['a mounted file that is gone', ({ services }) => void Object.assign(services['nats'] ?? {}, { volumes: ['./deploy/gone.conf:/x'] }), 'nats: mounts ./deploy/gone.conf, which does not exist'],
  ])('%s - is found', (_, edit, problem) => {
    expect(problemsAfter(edit)).toContain(problem);
  });
});
