/**
 * npm run stack: the seven services as separate processes on real NATS, Redis and Postgres of this machine, with one log view.
 * Ctrl-C stops services first, servers last, and leaves no process behind.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalStack } from '@symphainy/launcher';
import { logView } from './log-view.js';

const HELP = readFileSync(join(__dirname, '..', 'usage.txt'), 'utf8').trimEnd();

const root = join(__dirname, '..', '..', '..');

function readOptions() {
  const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, port: { type: 'string' }, runtimes: { type: 'string' }, 'log-level': { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  const level = values['log-level'] ?? 'info';
  if (!['debug', 'info', 'warn', 'error'].includes(level)) throw new Error('--log-level: must be debug, info, warn or error');
  return {
    help: values.help === true,
    dataDir: values['data-dir'] === undefined ? join(root, '.symphainy', 'stack') : resolve(values['data-dir'].replace(/^~(?=\/|$)/, homedir())),
    port: wholeNumber('--port', values.port ?? '8080', 0, 65535),
    runtimes: wholeNumber('--runtimes', values.runtimes ?? '1', 1, 16),
    logLevel: level as 'debug' | 'info' | 'warn' | 'error',
  };
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${option}: must be a whole number from ${min} to ${max}`);
  return value;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const stopping = new Promise<'stopped'>((resolvePromise) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolvePromise('stopped'));
  });
  process.stderr.write('Starting servers and services …\n');
  const starting = startLocalStack({ root, dataDir: options.dataDir, httpPort: options.port, runtimes: options.runtimes, logLevel: options.logLevel, onLine: logView((line) => void process.stderr.write(`${line}\n`), process.stderr.isTTY) });
  if ((await Promise.race([starting, stopping])) === 'stopped') process.stderr.write('Stopping, once everything is up …\n');
  const stack = await starting;
  process.stdout.write(`\nREST API  ${stack.gatewayUrl}/v1\nconsole   ${stack.gatewayUrl}/console/\nkeys      ${join(options.dataDir, 'secrets.json')} (readable by you only)\n\nCtrl-C stops everything.\n`);
  await stopping;
  process.stdout.write('Stopping …\n');
  await stack.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
