/**
 * The default a newcomer runs: the whole platform in one process, its main job on real files, a table of what happened.
 * Results go to standard output, progress and logs to standard error. Ctrl-C drains, stops the database and leaves no process behind.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@symphainy/kernel';
import { createLogger } from '@symphainy/service-host';
import { type Arguments, HELP, readArguments, UsageError } from './arguments.js';
import { Demonstration } from './demonstration.js';
import { gatewayAccess } from './gateway-access.js';
import { startPlatform, type Platform } from './platform.js';
import { renderReport } from './report.js';
import { findSourceFiles } from './sample-files.js';

const root = join(__dirname, '..', '..', '..');
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** Resolves at the first signal to stop; a second one ends at once. */
function stopSignal(): Promise<'stopped'> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve('stopped');
      });
    }
  });
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if (args === 'help') {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const stopped = stopSignal();
  const dataDir = args.dataDir ?? (await mkdtemp(join(tmpdir(), 'symphainy-')));
  progress('Starting the platform …');
  const platform = await startPlatform({ root, dataDir, port: args.port, logger: createLogger('standalone', 'warn', () => undefined) });
  try {
    return await serve(platform, args, stopped, dataDir);
  } finally {
    await platform.close();
    if (args.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

async function serve(platform: Platform, args: Arguments, stopped: Promise<'stopped'>, dataDir: string): Promise<number> {
  let status = 0;
  if (args.idle) announce(platform, args, dataDir);
  else {
    const finished = await Promise.race([work(platform, args), stopped]);
    if (finished === 'stopped') return 130;
    status = finished ? 0 : 1;
    if (!args.once) announce(platform, { ...args, json: false }, dataDir);
  }
  if (!args.once) await stopped;
  return status;
}

/** The main job; whether everything completed and verified. */
async function work(platform: Platform, args: Arguments): Promise<boolean> {
  const files = await findSourceFiles(args.files ?? join(root, 'samples'));
  if (files.length === 0) throw new UsageError(`--files: ${args.files ?? 'samples'} holds no file`);
  const person = platform.apiKeys.find((k) => k.user_id === 'alice')!;
  const access = gatewayAccess(platform.url, person.key);
  const report = await new Demonstration(access, progress, () => systemClock.monotonic()).run(files);
  if (args.json) {
    progress(`\n${renderReport(report)}`);
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else process.stdout.write(`\n${renderReport(report)}\n`);
  return report.ok;
}

function announce(platform: Platform, args: Arguments, dataDir: string): void {
  if (args.json) {
    process.stdout.write(`${JSON.stringify({ url: platform.url, data_dir: dataDir })}\n`);
    return;
  }
  const people = platform.apiKeys.map((k) => `  ${k.user_id.padEnd(6)} of ${k.tenant_id.padEnd(7)} ${k.key}`);
  process.stdout.write(`\nConsole   ${platform.url}/console/\nREST API  ${platform.url}/v1   (OpenAPI: ${platform.url}/v1/openapi.json)\n\nSign in with a key (they are ${args.dataDir === undefined ? 'valid until you stop' : `kept in ${join(dataDir, 'secrets.json')}`}):\n${people.join('\n')}\n\nCtrl-C stops everything.\n`);
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof UsageError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(error instanceof UsageError ? 64 : 1);
  },
);
