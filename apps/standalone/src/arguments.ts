import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Arguments {
  /** Folder whose files are ingested; undefined: the samples that ship with the project. */
  readonly files: string | undefined;
  /** End after the main job instead of staying up. */
  readonly once: boolean;
  /** Machine-readable: one JSON object, last on standard output. */
  readonly json: boolean;
  /** Serve without running the main job. */
  readonly idle: boolean;
  readonly dataDir: string | undefined;
  readonly port: number;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = readFileSync(join(__dirname, '..', 'usage.txt'), 'utf8').trimEnd();

/** Reads the command line; throws UsageError with the option and the fix. */
export function readArguments(argv: readonly string[]): Arguments | 'help' {
  const { values } = parse(argv);
  if (values.help === true) return 'help';
  if (values.once === true && values.idle === true) throw new UsageError('--idle serves without the job, --once ends after it: name one of them');
  return {
    files: values.files === undefined ? undefined : folder('--files', values.files),
    once: values.once === true,
    json: values.json === true,
    idle: values.idle === true,
    dataDir: values['data-dir'] === undefined ? undefined : resolve(expandHome(values['data-dir'])),
    port: portNumber(values.port ?? '8080'),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { files: { type: 'string' }, once: { type: 'boolean' }, json: { type: 'boolean' }, idle: { type: 'boolean' }, 'data-dir': { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

const expandHome = (path: string): string => (path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path);

function folder(option: string, path: string): string {
  const full = resolve(expandHome(path));
  if (!existsSync(full)) throw new UsageError(`${option}: there is no folder ${full}`);
  if (!statSync(full).isDirectory()) throw new UsageError(`${option}: ${full} is a file; name the folder that holds it`);
  return full;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new UsageError('--port: must be a whole number from 0 to 65535');
  return port;
}
