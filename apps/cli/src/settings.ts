import { readFileSync } from 'node:fs';
import { connect, type Client } from '@symphainy/client';
import { UsageError } from './command.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** Connects as flags and environment say. The key comes from a file or the environment, never from an argument that a shell history would keep. */
export function clientOf(flags: { readonly url?: string | undefined; readonly keyFile?: string | undefined }, env: Environment): Client {
  const baseUrl = flags.url ?? env['SYMPHAINY_URL'] ?? DEFAULT_URL;
  if (!URL.canParse(baseUrl)) throw new UsageError(`--url: "${baseUrl}" is not a URL`);
  const credentials = keyOf(flags.keyFile ?? env['SYMPHAINY_KEY_FILE'], env);
  return connect({ baseUrl: baseUrl.replace(/\/$/, ''), credentials });
}

function keyOf(file: string | undefined, env: Environment): string {
  const key = file === undefined ? env['SYMPHAINY_KEY'] : readText(file, '--key-file');
  if (key === undefined || key.trim() === '') throw new UsageError('no credentials: set SYMPHAINY_KEY, or name a file that holds the key by --key-file or SYMPHAINY_KEY_FILE');
  return key.trim();
}

/** A file's text; a failure names the option it came by. */
export function readText(file: string, option: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}
