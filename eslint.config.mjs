// One configuration for the whole workspace. Boundaries come from tools/house-rules/boundaries.mjs; what lint cannot see
// (tags present, the flow of messages, docs) is checked by tools/house-rules. No inline exceptions: `noInlineConfig`.
import { readFileSync, existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { boundaries } from './tools/house-rules/boundaries.mjs';

// The boundary rule reads the stored project graph, and skips itself with a warning when there is none: build it first, in this process.
process.env.NX_DAEMON ??= 'false';
await createProjectGraphAsync({ exitOnError: true });

const root = import.meta.dirname;
const rules = boundaries();
const projects = globSync('{apps,libs,libs/public-works,tools}/*/project.json', { cwd: root }).map((file) => ({
  directory: dirname(file),
  name: JSON.parse(readFileSync(join(root, file), 'utf8')).name,
}));

const tests = ['**/*.spec.ts', '**/*.spec.tsx'];
/** Code that only tests run: the second doors, and the contract suites behind them. */
const testDoors = ['**/src/testing.ts', '**/src/testing/**/*.ts', '**/*.contract.ts'];
/** Programs a person or CI starts: they may print and read their environment. */
const launchers = ['tools/**', 'apps/cli/**', 'apps/standalone/**', 'apps/platform-e2e/**', '**/*.mjs', '*.js'];

const exportAll = {
  selector: 'ExportAllDeclaration[exported=null]',
  message: 'a door names each symbol it opens',
};
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'declare the variable in the service’s env contract',
};
// `new Date(milliseconds)` and `Date.parse` are arithmetic; these ask the clock.
const chance = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'the time comes in as a value' },
  { selector: "CallExpression[callee.name='Date']", message: 'the time comes in as a value' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'the time comes in as a value' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'chance comes in as a value' },
  { selector: "ImportDeclaration[source.value='node:process']", message: 'a pure library knows no process' },
];
const vagueTests = [
  { selector: "CallExpression[callee.property.name=/^(toBeTruthy|toBeFalsy)$/]", message: 'expect the value itself' },
  { selector: "MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo|failing)$/]", message: 'every test runs' },
  { selector: "CallExpression[callee.name=/^(xit|xdescribe|fit|fdescribe|xtest)$/]", message: 'every test runs' },
];

const types = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: true, attributes: false } }],
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
  '@typescript-eslint/no-require-imports': 'error',
};

const language = {
  eqeqeq: 'error',
  'no-console': 'error',
  'no-debugger': 'error',
  'no-empty': 'error',
  'no-fallthrough': 'error',
  'no-var': 'error',
  'no-constant-condition': ['error', { checkLoops: false }],
  'no-self-assign': 'error',
  'no-unreachable': 'error',
  'no-unsafe-finally': 'error',
  'no-useless-catch': 'error',
  'prefer-const': 'error',
};

const everywhere = { '@typescript-eslint': tseslint.plugin, '@nx': nx };

const boundary = (name, depConstraints) => ['error', { depConstraints, allow: rules.allowedApplications(name), enforceBuildableLibDependency: false, banTransitiveDependencies: false }];

function projectBlock({ directory, name }) {
  const pure = rules.pureLibraries[name] !== undefined;
  return [
    {
      files: [`${directory}/**/*.{ts,tsx}`],
      plugins: everywhere,
      rules: {
        '@nx/enforce-module-boundaries': boundary(name, rules.depConstraints),
        'no-restricted-imports': ['error', { patterns: [...rules.restrictedImports(name), { regex: '^@symphainy/[^/]+/testing$', message: 'the second door is for tests' }] }],
        'no-restricted-syntax': ['error', exportAll, environment, ...(pure ? chance : [])],
        ...(pure ? { 'no-restricted-globals': ['error', ...rules.impureGlobals.map((global) => ({ name: global, message: 'a pure library gets clock, ids and chance as values' }))] } : {}),
      },
    },
    {
      files: [...tests, ...testDoors].map((pattern) => `${directory}/${pattern.replace(/^\*\*\/src/, 'src')}`),
      rules: {
        '@nx/enforce-module-boundaries': boundary(name, rules.testConstraints),
        'no-restricted-imports': ['error', { patterns: rules.restrictedImports(name).filter(({ regex }) => !regex.startsWith('^node:')) }],
        'no-restricted-syntax': ['error', exportAll, ...vagueTests],
        'no-restricted-globals': 'off',
      },
    },
  ];
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', 'coverage/**', 'tools/bench/peers/**'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  { files: ['**/*.{mjs,js}'], rules: language },
  {
    files: ['**/*.{ts,tsx}'],
    plugins: everywhere,
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['tsconfig.lint.json', 'apps/console/tsconfig.json'].filter((file) => existsSync(join(root, file))),
        tsconfigRootDir: root,
      },
    },
    rules: { ...language, ...types },
  },
  ...projects.flatMap(projectBlock),
  {
    // Tests speak to servers in JSON, whose types nobody has declared; the assertions check the values.
    files: [...tests, 'apps/platform-e2e/**/*.ts'],
    rules: Object.fromEntries(['argument', 'assignment', 'call', 'member-access', 'return'].map((name) => [`@typescript-eslint/no-unsafe-${name}`, 'off'])),
  },
  { files: launchers, rules: { 'no-console': 'off' } },
  {
    // Where the environment enters the platform: everything else gets values.
    files: ['libs/service-host/src/run.ts', 'libs/launcher/**/*.ts', 'tools/**/*.ts', 'apps/cli/**/*.ts', 'apps/standalone/**/*.ts', 'apps/platform-e2e/**/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', exportAll] },
  },
);
