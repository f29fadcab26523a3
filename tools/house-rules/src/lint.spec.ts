import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { boundaries } from '../boundaries.mjs';
import { projectsOf } from './projects.js';
import { root, thisRepository } from './this-repository.js';

interface Finding {
  readonly rule: string;
  readonly message: string;
}

const script = (name: string, input: unknown): unknown => {
  const run = spawnSync(process.execPath, [join(root, 'tools/house-rules', name)], { cwd: root, input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, CI: '' } });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
};

/** Where a project's rules are tried: a file that is in the lint program. */
const sourceIn = (directory: string): string => {
  const found = thisRepository.paths.find((path) => path.startsWith(`${directory}/`) && /\/src\/.*\.ts$/.test(path) && !/\.(spec|contract|d)\.ts$|testing|main\.ts$/.test(path));
  if (found === undefined) throw new Error(`${directory} has no source`);
  return found;
};
const specFile = 'libs/kernel/src/canonical-json.spec.ts';

const BOUNDARY = '@nx/enforce-module-boundaries';
const breaches: readonly [what: string, file: string, text: string, rule: string, message: RegExp][] = [
  ['a lower floor on a higher one', sourceIn('libs/execution'), "import { runService } from '@symphainy/service-host';\nexport const a = runService;", BOUNDARY, /floor:2/],
  ['two libraries of one floor', sourceIn('libs/execution'), "import type { Bus } from '@symphainy/ports';\nexport type A = Bus;", BOUNDARY, /floor:2/],
  ['a realm through the store’s door', sourceIn('apps/realm-insights'), "import * as store from '@symphainy/store-postgres';\nexport { store };", BOUNDARY, /plane:realm/],
  ['a realm that hosts no connectors through a connector’s door', sourceIn('apps/realm-insights'), "import * as connector from '@symphainy/connector-postgres';\nexport { connector };", 'no-restricted-imports', /outside systems are reached by realm-solution alone/],
  ['the gateway through the realm SDK’s door', sourceIn('apps/experience-gateway'), "import * as sdk from '@symphainy/realm-sdk';\nexport { sdk };", BOUNDARY, /plane:gateway/],
  ['a test through a door that is not open to tests', 'libs/public-works/bus-local/src/local-bus.spec.ts', "import * as client from '@symphainy/client';\nit('a', () => client);", BOUNDARY, /floor:3/],
  ['an application on an application', sourceIn('apps/realm-insights'), "import * as other from '@symphainy/realm-content';\nexport { other };", BOUNDARY, /Imports of apps/],
  ['a path into another project', sourceIn('apps/realm-insights'), "import { systemClock } from '../../../libs/kernel/src/clock.js';\nexport { systemClock };", BOUNDARY, /relative|Projects/i],
  ['a driver outside its project', sourceIn('apps/runtime'), "import { Pool } from 'pg';\nexport { Pool };", 'no-restricted-imports', /only store-postgres/],
  ['a driver’s sub-path', sourceIn('apps/runtime'), "import { Client } from 'pg/lib/client';\nexport { Client };", 'no-restricted-imports', /only store-postgres/],
  ['a scoped driver', sourceIn('libs/service-host'), "import { connect } from '@nats-io/transport-node';\nexport { connect };", 'no-restricted-imports', /only bus-nats/],
  ['a door deeper than the second', sourceIn('apps/runtime'), "import { a } from '@symphainy/kernel/src/ids';\nexport { a };", 'no-restricted-imports', /by its door/],
  ['shipped code through a test door', sourceIn('apps/runtime'), "import { ManualClock } from '@symphainy/kernel/testing';\nexport { ManualClock };", 'no-restricted-imports', /for tests/],
  ['a built-in in a pure library', sourceIn('libs/execution'), "import { readFileSync } from 'node:fs';\nexport { readFileSync };", 'no-restricted-imports', /no I\/O/],
  ['another built-in where one is allowed', sourceIn('libs/governance'), "import { connect } from 'node:net';\nexport { connect };", 'no-restricted-imports', /no I\/O/],
  ['a framework in a pure library', sourceIn('libs/execution'), "import { Injectable } from '@nestjs/common';\nexport { Injectable };", 'no-restricted-imports', /no framework/],
  ['a built-in in the browser', sourceIn('apps/console'), "import { readFileSync } from 'node:fs';\nexport { readFileSync };", 'no-restricted-imports', /no Node built-ins/],
  ['a server’s framework in the browser', sourceIn('apps/console'), "import { Injectable } from '@nestjs/common';\nexport { Injectable };", 'no-restricted-imports', /no server code/],
  ['the console through a server’s door', sourceIn('apps/console'), "import * as host from '@symphainy/store-postgres';\nexport { host };", BOUNDARY, /plane:console/],
  ['the clock in a pure library', sourceIn('libs/execution'), 'export const now = Date.now();', 'no-restricted-syntax', /time comes in/],
  ['the clock by construction', sourceIn('libs/governance'), 'export const now = new Date();', 'no-restricted-syntax', /time comes in/],
  ['chance in a pure library', sourceIn('libs/execution'), 'export const dice = Math.random();', 'no-restricted-syntax', /chance comes in/],
  ['a random id in a pure library', sourceIn('libs/execution'), 'export const id = crypto.randomUUID();', 'no-restricted-globals', /crypto/],
  ['a timer in a pure library', sourceIn('libs/execution'), 'setTimeout(() => undefined, 1);', 'no-restricted-globals', /setTimeout/],
  ['the network in a pure library', sourceIn('libs/contracts'), "export const answer = await fetch('http://localhost');", 'no-restricted-globals', /fetch/],
  ['the environment outside an env contract', sourceIn('apps/runtime'), "export const port = process.env['PORT'];", 'no-restricted-syntax', /env contract/],
  ['a door that opens everything', sourceIn('libs/kernel'), "export * from './ids.js';", 'no-restricted-syntax', /names each symbol/],
  ['any', sourceIn('libs/kernel'), 'export const a: any = 1;', '@typescript-eslint/no-explicit-any', /any/],
  ['a floating promise', sourceIn('libs/kernel'), 'const f = async (): Promise<void> => undefined;\nf();', '@typescript-eslint/no-floating-promises', /awaited/],
  ['a promise as a condition', sourceIn('libs/kernel'), 'const f = async (): Promise<boolean> => true;\nexport const a = f() ? 1 : 2;', '@typescript-eslint/no-misused-promises', /conditional/],
  ['a switch that forgets a case', sourceIn('libs/kernel'), "export function f(a: 'x' | 'y'): number {\n  switch (a) {\n    case 'x':\n      return 1;\n  }\n  return 0;\n}", '@typescript-eslint/switch-exhaustiveness-check', /"y"/],
  ['an empty catch', sourceIn('libs/kernel'), 'try {\n  f();\n} catch {}\nexport function f(): void {}', 'no-empty', /Empty/],
  ['a printing library', sourceIn('libs/kernel'), "console.log('x');", 'no-console', /console/],
  ['an inline exception', sourceIn('libs/kernel'), `// eslint-${'disable-next-line'} no-console\nconsole.log('x');`, 'no-console', /console/],
  ['a vague expectation', specFile, "it('a', () => {\n  expect(1).toBeTruthy();\n});", 'no-restricted-syntax', /the value itself/],
  ['a test that is left out', specFile, `it.${'skip'}('a', () => undefined);`, 'no-restricted-syntax', /every test runs/],
];

describe('lint bites', () => {
  let findings: Finding[][];

  beforeAll(() => {
    findings = script('lint-texts.mjs', breaches.map(([, file, text]) => ({ file, text }))) as Finding[][];
  }, 120_000);

  it.each(breaches.map(([what, , , rule, message], index) => [what, rule, message, index] as const))('%s - is refused by %s', (_what, rule, message, index) => {
    expect(findings[index]).toContainEqual({ rule, message: expect.stringMatching(message) as string });
  });
});

describe('the override for application doors', () => {
  const rules = boundaries();

  it('standalone and the scorecard alone - may import applications: the seven doors, and those of the realms that are measured', () => {
    const directories = projectsOf(thisRepository).map(({ directory }) => directory);
    const allowed = script('lint-overrides.mjs', directories) as Record<string, string[]>;
    const expected = directories.map((directory) => [directory, (directory === 'apps/standalone' ? rules.appDoors : directory === 'tools/scorecard' ? rules.measuredDoors : []).map((door) => `@symphainy/${door}`)]);
    expect(allowed).toEqual(Object.fromEntries(expected));
  });

  it('the seven doors - are seven services', () => {
    const services = projectsOf(thisRepository).filter(({ tags }) => tags.includes('type:app') && ['gateway', 'runtime', 'smart-city', 'realm'].some((plane) => tags.includes(`plane:${plane}`)));
    expect(services.map(({ name }) => name).sort()).toEqual([...rules.appDoors].sort());
  });
});
