import { posix } from 'node:path';
import { isSource } from '../projects.js';
import type { Repository } from '../repository.js';

/** Names that say nothing, and what to do instead. */
const VAGUE: Readonly<Record<string, string>> = {
  utils: 'name what it does',
  util: 'name what it does',
  helpers: 'name what it does',
  helper: 'name what it does',
  common: 'put it where it is used, or give it a library',
  base: 'name the role',
  misc: 'name what it does',
  shared: 'name what is shared',
};

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

function nameProblem(path: string): string[] {
  const words = posix.basename(path).split('.').slice(0, -1);
  const folders = posix.dirname(path).split('/');
  const vague = [...words, ...folders].find((word) => VAGUE[word] !== undefined);
  if (vague !== undefined) return [`${path}: "${vague}" is no name: ${VAGUE[vague] ?? ''}`];
  if (!words.every((word) => KEBAB.test(word))) return [`${path}: file names are kebab-case, with a role suffix after a dot`];
  if (/(-part-?\d+|\d+\.spec)\./.test(path)) return [`${path}: split by role, not by number`];
  return [];
}

/** TypeScript files are named for what they hold. */
export function checkFileNames(repo: Repository): string[] {
  return repo.paths.filter((path) => isSource(path) && /^(apps|libs|tools)\//.test(path)).flatMap(nameProblem);
}

/** Files a repository of sources has no place for. */
export function checkFileTypes(repo: Repository): string[] {
  const strays = /\.(log|tmp|bak|orig|rej|swp|tsbuildinfo|pem|key|p12)$|(^|\/)(\.DS_Store|\.env)$/;
  return repo.paths.filter((path) => strays.test(path)).map((path) => `${path}: does not belong into the repository`);
}
