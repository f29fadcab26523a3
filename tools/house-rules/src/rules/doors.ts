import { type Project, projectsOf, valuesOf } from '../projects.js';
import type { Repository } from '../repository.js';

const LEAST_HEADER = 80;

/** The comment a file opens with, without its marks; empty when it opens with code. */
export function headerOf(text: string): string {
  const opening = /^(?:#!.*\n)?\s*(?:\/\*\*?([\s\S]*?)\*\/|((?:\/\/.*\n)+))/.exec(text);
  return (opening?.[1] ?? opening?.[2] ?? '').replace(/^\s*(?:\*|\/\/) ?/gm, '').trim();
}

function doorProblems(repo: Repository, project: Project): string[] {
  const doors = Object.entries(project.manifest.exports ?? {});
  const application = valuesOf(project, 'type')[0] === 'app';
  const allowed = application ? ['.'] : ['.', './testing'];
  return doors.flatMap(([door, targets]) => {
    const source = targets[`@symphainy/source`];
    if (!allowed.includes(door)) return [`opens ${door}: a ${application ? 'service has one door' : 'library has two doors at most, "." and "./testing"'}`];
    if (source === undefined || !repo.has(`${project.directory}/${source.replace('./', '')}`)) return [`opens ${door}, but its source does not exist`];
    return [];
  });
}

/** Two doors at most, and behind each a file. */
export function checkDoors(repo: Repository): string[] {
  return projectsOf(repo).flatMap((project) => doorProblems(repo, project).map((problem) => `${project.directory}: ${problem}`));
}

/** Each library's door opens with its contract: what it is for, what it stores, in which order it is called, its invariants. */
export function checkHeaders(repo: Repository): string[] {
  const doors = projectsOf(repo)
    .filter((project) => valuesOf(project, 'type')[0] === 'lib')
    .map(({ directory }) => `${directory}/src/index.ts`);
  return doors.filter((door) => repo.has(door) && headerOf(repo.text(door)).length < LEAST_HEADER).map((door) => `${door}: does not say what the library is for`);
}

/** Each folder under `root` has a file that opens with the folder's contract. */
export function checkFolderHeaders(repo: Repository, root: string): string[] {
  const folders = new Set(repo.paths.flatMap((path) => (path.startsWith(`${root}/`) ? (/^([^/]+)\/[^/]+\.ts$/.exec(path.slice(root.length + 1))?.[1] ?? []) : [])));
  const told = (folder: string): boolean =>
    repo.paths.some((path) => path.startsWith(`${root}/${folder}/`) && path.endsWith('.ts') && !path.endsWith('.spec.ts') && headerOf(repo.text(path)).length >= LEAST_HEADER);
  return [...folders].filter((folder) => !told(folder)).map((folder) => `${root}/${folder}: no file opens with the folder's contract`);
}
