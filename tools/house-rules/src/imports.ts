import { posix } from 'node:path';
import ts from 'typescript';
import type { Repository } from './repository.js';

/** Module names that a file imports, exports from or requires; type imports included. */
export function importsOf(repo: Repository, path: string): string[] {
  return ts.preProcessFile(repo.text(path), true, true).importedFiles.map(({ fileName }) => fileName);
}

/** `@scope/name/deep` → `@scope/name`; undefined for relative paths and Node built-ins. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || specifier.startsWith('virtual:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The file or folder, from the root, that a relative import means; without its extension. */
export const targetOf = (path: string, specifier: string): string => posix.join(posix.dirname(path), specifier).replace(/\.(js|ts|tsx)$/, '');
