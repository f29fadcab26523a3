// npm test: lint with boundaries, types, unit, integration against real servers, end to end in both modes, the console in a browser.
// Closes with one line: `<n> passed, <m> failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, ensurePrograms, installPackages, nodeBinary, root } from './prepare.mjs';

const HELP = `npm test -- [--only lint|unit|integration|e2e]...

Without options everything runs: lint, then unit, integration and end-to-end tests.`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const only = args.flatMap((arg, i) => (args[i - 1] === '--only' ? [arg] : []));
const wanted = (stage) => only.length === 0 || only.includes(stage);

const results = mkdtempSync(join(tmpdir(), 'symphainy-test-'));
const counts = { passed: 0, failed: 0 };
const environment = () => ({ ...process.env, PATH: `${dirname(nodeBinary())}:${process.env.PATH}`, NX_DAEMON: 'false' });

function stage(name, work) {
  if (!wanted(name)) return;
  const started = Date.now();
  process.stdout.write(`\n── ${name} ──\n`);
  work();
  process.stdout.write(`── ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s ──\n`);
}

/** Modules of files that ran stay in memory (V8 keeps what `vm` compiled): a worker that has gathered so much makes room for a new one. In one process, hundreds of files reach V8's limit. */
const RENEWED = ['--workerIdleMemoryLimit=1GB'];

const check = (name, command, commandArgs) => {
  const { status } = spawnSync(command, commandArgs, { cwd: root, stdio: 'inherit', env: environment() });
  counts[status === 0 ? 'passed' : 'failed'] += 1;
  if (status !== 0) process.stdout.write(`${name} failed\n`);
};

function jest(project, ...extra) {
  const file = join(results, `${project}.json`);
  const { status } = spawnSync(
    nodeBinary(),
    ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--selectProjects', project, '--json', '--outputFile', file, ...extra],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: environment() },
  );
  const report = JSON.parse(readFileSync(file, 'utf8'));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests + report.numRuntimeErrorTestSuites + (status !== 0 && report.numFailedTests + report.numRuntimeErrorTestSuites === 0 ? 1 : 0);
}

try {
  await installPackages();
  ensurePrograms([
    { program: 'nats-server', package: 'nats-server' },
    { program: 'redis-server', package: 'redis-server' },
    { program: 'chromium', package: 'chromium' },
  ]);
  await build();
  stage('lint', () => check('lint', 'npm', ['run', '--silent', 'lint']));
  stage('unit', () => jest('unit', '--maxWorkers=2', ...RENEWED));
  stage('integration', () => jest('integration', '--maxWorkers=1', ...RENEWED));
  stage('e2e', () => jest('e2e', '--runInBand'));
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  counts.failed += 1;
} finally {
  rmSync(results, { recursive: true, force: true });
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
