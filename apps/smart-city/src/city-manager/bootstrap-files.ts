import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { failure } from '@symphainy/contracts';
import { parseBootstrap, parseKeyRecords, type BootstrapFile } from './bootstrap.schema.js';

/** Reads the bootstrap file, with the key records of the second file (if there is one) added to its own. */
export async function readBootstrap(bootstrapPath: string, keysPath: string | undefined): Promise<BootstrapFile> {
  const file = parseBootstrap(await readYaml('BOOTSTRAP_FILE', bootstrapPath), 'BOOTSTRAP_FILE');
  if (keysPath === undefined) return file;
  const keys = parseKeyRecords(await readYaml('API_KEYS_FILE', keysPath), 'API_KEYS_FILE');
  return parseBootstrap({ ...file, api_keys: [...file.api_keys, ...keys] }, 'BOOTSTRAP_FILE with API_KEYS_FILE');
}

/** YAML, of which JSON is a part. The message tells the variable and the line, not the path or the content. */
async function readYaml(variable: string, path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw failure('governance.invalid', { message: `${variable}: the file cannot be read (${error.code ?? 'unknown'})`, field: variable, cause: error });
  });
  try {
    return parse(text) as unknown;
  } catch (error) {
    const line = (error as { linePos?: { line: number }[] }).linePos?.[0]?.line;
    throw failure('governance.invalid', { message: `${variable}: not well-formed YAML${line === undefined ? '' : ` at line ${line}`}`, field: variable, cause: error });
  }
}
