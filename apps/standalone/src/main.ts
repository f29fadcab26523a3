/**
 * The default a newcomer runs: the whole platform in one process, its main job on real files, a table of what happened.
 * Results go to standard output, progress and logs to standard error. Ctrl-C drains, stops the database and leaves no process behind.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@symphainy/kernel';
import { DataDirError } from '@symphainy/launcher';
import { DataDirInUseError, ServerStartError } from '@symphainy/servers-local';
import { createLogger } from '@symphainy/service-host';
import { type Arguments, HELP, readArguments, UsageError } from './arguments.js';
import { Demonstration } from './demonstration.js';
import { gatewayAccess } from './gateway-access.js';
import { startPlatform, type Platform } from './platform.js';
import { renderReport } from './report.js';
import { findSourceFiles, type SourceFile } from './sample-files.js';
import { listenForStop } from './stop-signal.js';

const root = join(__dirname, '..', '..', '..');
/** Exit status after Ctrl-C, as shells have it. */
const STOPPED = 130;
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(args: Arguments): Promise<number> {
  const { signal, stopped } = listenForStop(process, () => systemClock.monotonic(), () => process.exit(130));
  const files = args.idle ? [] : await filesToIngest(args);
  const dataDir = args.dataDir ?? (await mkdtemp(join(tmpdir(), 'symphainy-')));
  try {
    progress('Starting the platform …');
    const platform = await startPlatform({ root, dataDir, port: args.port, connectors: connectorVariables(), logger: createLogger('standalone', 'warn', () => undefined), signal });
    try {
      return await serve(platform, args, files, stopped, dataDir);
    } finally {
      await platform.close();
    }
  } catch (error) {
    if (signal.aborted) return STOPPED;
    throw error;
  } finally {
    if (args.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

/** Looked for before anything starts: a folder named wrongly is told at once. */
async function filesToIngest(args: Arguments): Promise<readonly SourceFile[]> {
  const { files, leftOut } = await findSourceFiles(args.files ?? join(root, 'samples'));
  if (files.length === 0) throw new UsageError(`--files: ${args.files ?? 'samples'} holds no file to ingest`);
  if (args.files !== undefined) for (const { name, reason } of leftOut) progress(`Left out: ${name} (${reason})`);
  return files;
}

const connectorVariables = (): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (/^(CONNECTOR|SECRETS)_/.test(name) && value !== undefined ? [[name, value]] : [])));

async function serve(platform: Platform, args: Arguments, files: readonly SourceFile[], stopped: Promise<'stopped'>, dataDir: string): Promise<number> {
  if (args.port !== 0 && new URL(platform.url).port !== String(args.port)) progress(`Port ${args.port} is taken: ${platform.url} serves instead`);
  let status = 0;
  if (!args.idle) {
    const finished = await Promise.race([work(platform, args, files), stopped]);
    if (finished === 'stopped') return STOPPED;
    status = finished ? 0 : 1;
  }
  if (args.once && !args.idle) return status;
  announce(platform, args, dataDir);
  await stopped;
  progress('Stopping …');
  return status;
}

/** The main job; whether everything completed and verified. */
async function work(platform: Platform, args: Arguments, files: readonly SourceFile[]): Promise<boolean> {
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
  if (args.json && args.idle) {
    process.stdout.write(`${JSON.stringify({ url: platform.url, data_dir: dataDir })}\n`);
    return;
  }
  // With --json, the summary stays the last thing on standard output.
  const out = args.json ? process.stderr : process.stdout;
  const people = platform.apiKeys.map((k) => `  ${k.user_id.padEnd(6)} of ${k.tenant_id.padEnd(7)} ${k.key}`);
  out.write(`\nConsole   ${platform.url}/console/\nREST API  ${platform.url}/v1   (OpenAPI: ${platform.url}/v1/openapi.json)\n\nSign in with a key (they are ${args.dataDir === undefined ? 'valid until you stop' : `kept in ${join(dataDir, 'secrets.json')}`}):\n${people.join('\n')}\n\nCtrl-C stops everything.\n`);
}

/** Errors that a person can act on are told by their message alone; of any other, where it arose. */
const KNOWN = [UsageError, DataDirError, DataDirInUseError, ServerStartError];

function fail(error: unknown, json: boolean): number {
  const known = KNOWN.some((type) => error instanceof type);
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${error instanceof Error && !known ? (error.stack ?? message) : message}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ ok: false, executions: [], records_total: 0, duration_ms: Math.round(systemClock.monotonic()), error: { message } })}\n`);
  return error instanceof UsageError ? 64 : 1;
}

async function run(argv: readonly string[]): Promise<number> {
  try {
    const args = readArguments(argv);
    if (args !== 'help') return await main(args);
    process.stdout.write(`${HELP}\n`);
    return 0;
  } catch (error) {
    return fail(error, argv.includes('--json'));
  }
}

void run(process.argv.slice(2)).then((status) => process.exit(status));
