import type { DescribedService } from '@symphainy/scripts';
import { parse } from 'yaml';
import type { Repository } from '../repository.js';

interface Container {
  readonly image?: string;
  readonly build?: { readonly dockerfile?: string; readonly args?: Readonly<Record<string, string>> };
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Container>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, object | null>>;
}

type Common = DescribedService['env'];

/** What stands beside the seven, by the design. */
const COMPANIONS = ['nats', 'redis', 'postgres', 'arangodb', 'objects', 'otel-collector', 'prometheus', 'tempo', 'grafana'];
const ON_DATA = ['runtime', 'smart-city', 'postgres', 'redis', 'arangodb', 'objects'];
const SECRET_NAME = /PASSWORD|SECRET|TOKEN|_KEYS?$/;
const REQUIRED = /\$\{\w+:\?[^}]+\}/;

export const composeOf = (repo: Repository): Compose => parse(repo.text('docker-compose.yml'), { merge: true }) as Compose;

function secretProblems(container: Container, sensitive: (name: string) => boolean): string[] {
  const variables = Object.entries(container.environment ?? {});
  const exposed = variables.filter(([name, value]) => (SECRET_NAME.test(name) || sensitive(name)) && /PASSWORD|KEY|TOKEN|SECRET/.test(`${name}${value}`) && !REQUIRED.test(value) && !value.startsWith('/'));
  const withDefault = variables.filter(([name, value]) => SECRET_NAME.test(name) && /:-/.test(value));
  return [...exposed, ...withDefault].map(([name]) => `${name} is a secret and needs the form \${NAME:?…}`);
}

/** Servers are reached over TLS, and known by their certificates. */
const CLEAR = /^(nats|redis):\/\/|^postgres(ql)?:\/\/(?!.*[?&]sslmode=verify-full\b)/;

/** The environment a service is given, against the contract it reads it by. */
function contractProblems(container: Container, common: Common, service: DescribedService): string[] {
  const contract: Common = { ...common, ...service.env };
  const given = Object.keys(container.environment ?? {});
  const unknown = given.filter((name) => contract[name] === undefined).map((name) => `is given ${name}, which its env contract does not know`);
  const absent = Object.entries(contract).filter(([name, variable]) => variable.required && !given.includes(name)).map(([name]) => `is not given ${name}, which its env contract requires`);
  const clear = Object.entries(container.environment ?? {}).filter(([, value]) => CLEAR.test(value)).map(([name]) => `${name} reaches a server without TLS`);
  return [...unknown, ...absent, ...clear, ...secretProblems(container, (name) => contract[name]?.sensitive ?? false)];
}

function confinementProblems(name: string, container: Container): string[] {
  return [
    ...(container.read_only === true ? [] : ['can write to its own file system']),
    ...(container.cap_drop?.includes('ALL') === true ? [] : ['keeps capabilities it does not need']),
    ...(container.security_opt?.includes('no-new-privileges:true') === true ? [] : ['may gain privileges']),
    ...(container.build?.args?.['SERVICE'] === name ? [] : ['is not built as itself']),
  ];
}

function commonProblems(repo: Repository, name: string, container: Container, compose: Compose): string[] {
  const mounts = (container.volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
  return [
    ...(container.healthcheck === undefined ? ['has no health check'] : []),
    ...(container.privileged === true ? ['is privileged'] : []),
    ...(container.image === undefined || /:latest$|^[^:]+$/.test(container.image) ? ['names no version of its image'] : []),
    ...(container.networks ?? []).filter((network) => compose.networks[network] === undefined).map((network) => `is on the unknown network ${network}`),
    ...mounts.filter((mount) => mount.startsWith('./') && !repo.has(mount.slice(2))).map((mount) => `mounts ${mount}, which does not exist`),
    ...(container.ports ?? []).filter((port) => !/^\$\{\w+:-127\.0\.0\.1\}:/.test(port)).map((port) => `publishes ${port} to the whole network`),
    ...(container.networks?.includes('data') === true && !ON_DATA.includes(name) ? ['can reach the stores'] : []),
    ...((container.ports ?? []).length > 0 && container.networks?.includes('edge') !== true ? ['publishes a port but is not on the edge'] : []),
  ];
}

/** docker-compose.yml: everyone is there, is given what it reads and no more, may do what it must and no more. */
export function checkCompose(repo: Repository, common: Common, services: readonly DescribedService[]): string[] {
  const compose = composeOf(repo);
  const wanted = [...services.map(({ name }) => name), ...COMPANIONS];
  const absent = wanted.filter((name) => compose.services[name] === undefined).map((name) => `${name}: is missing`);
  const open = ['bus', 'data', 'telemetry'].filter((network) => compose.networks[network]?.internal !== true).map((network) => `the network ${network} is open to the outside`);
  const each = Object.entries(compose.services).flatMap(([name, container]) => {
    const service = services.find((candidate) => candidate.name === name);
    const own = service === undefined ? secretProblems(container, () => false) : [...contractProblems(container, common, service), ...confinementProblems(name, container)];
    return [...commonProblems(repo, name, container, compose), ...own].map((problem) => `${name}: ${problem}`);
  });
  return [...absent, ...open, ...each].map((problem) => `docker-compose.yml: ${problem}`);
}
