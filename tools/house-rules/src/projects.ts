import { posix } from 'node:path';
import type { Repository } from './repository.js';

export interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A workspace package: what its three configuration files say. */
export interface Project {
  readonly directory: string;
  /** The Nx name; the folder's own when there is no project.json. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly manifest: Manifest;
  /** Folders of the projects that tsconfig.json refers to. */
  readonly references: readonly string[];
  /** Built by `tsc -b`, by references; the console is bundled instead. */
  readonly buildable: boolean;
}

const PACKAGE = /^((?:apps|libs|libs\/public-works|tools)\/[^/]+)\/package\.json$/;
export const SCOPE = '@symphainy/';

const json = (repo: Repository, path: string): Record<string, unknown> => (repo.has(path) ? (JSON.parse(repo.text(path)) as Record<string, unknown>) : {});

function projectAt(repo: Repository, directory: string): Project {
  const project = json(repo, `${directory}/project.json`);
  const references = (json(repo, `${directory}/tsconfig.json`)['references'] ?? []) as { path: string }[];
  return {
    directory,
    name: typeof project['name'] === 'string' ? project['name'] : posix.basename(directory),
    tags: (project['tags'] ?? []) as string[],
    manifest: json(repo, `${directory}/package.json`) as Manifest,
    references: references.map(({ path }) => posix.join(directory, path)),
    buildable: typeof json(repo, `${directory}/tsconfig.json`)['extends'] === 'string',
  };
}

export function projectsOf(repo: Repository): Project[] {
  return repo.paths.flatMap((path) => PACKAGE.exec(path)?.[1] ?? []).map((directory) => projectAt(repo, directory));
}

export const valuesOf = (project: Project, key: string): string[] => project.tags.filter((tag) => tag.startsWith(`${key}:`)).map((tag) => tag.slice(key.length + 1));

/** Whether a file runs in tests only: specs, second doors, contract suites. */
export const isTestCode = (path: string): boolean => /\.spec\.tsx?$|\.contract\.ts$|\/src\/testing(\.ts$|\/)/.test(path);
export const isSpec = (path: string): boolean => /\.spec\.tsx?$/.test(path);
export const isSource = (path: string): boolean => /\.tsx?$/.test(path) && !path.endsWith('.d.ts');

/** TypeScript files of a project. */
export const sourcesOf = (repo: Repository, directory: string): string[] => repo.paths.filter((path) => path.startsWith(`${directory}/`) && isSource(path));
