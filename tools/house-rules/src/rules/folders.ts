import { importsOf, targetOf } from '../imports.js';
import { isTestCode, sourcesOf } from '../projects.js';
import type { Repository } from '../repository.js';

/** Inside apps/runtime the folders follow the flow of an execution; a folder imports only from those to its left, beside-folders from any of the flow and from those before them. */
export const RUNTIME_FLOW = ['intake', 'personal-data', 'acceptance', 'wal', 'engine', 'dispatch', 'outcomes', 'publish'] as const;
export const RUNTIME_BESIDE = ['data-brain', 'state-surface', 'evidence', 'lineage', 'search', 'operations'] as const;

/** What every folder may name: the edges at which tests end the process. */
export const RUNTIME_BELOW = ['fail-points'] as const;

interface Edge {
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly target: string;
}

function edges(repo: Repository, root: string): Edge[] {
  const folderOf = (path: string): string => (path.startsWith(`${root}/`) && path.slice(root.length + 1).includes('/') ? (path.slice(root.length + 1).split('/')[0] ?? '') : '');
  return sourcesOf(repo, root)
    .filter((path) => !isTestCode(path))
    .flatMap((path) => importsOf(repo, path).filter((name) => name.startsWith('.')).map((name) => targetOf(path, name)).map((target) => ({ path, from: folderOf(path), to: folderOf(target), target })));
}

/** `allowed` names, per folder, the folders it may import; a folder may always import itself. Files at the root compose and may import any; nothing imports the root. */
export function checkFolders(repo: Repository, root: string, allowed: Readonly<Record<string, readonly string[]>>): string[] {
  return edges(repo, root)
    .filter(({ from, to }) => from !== '' && from !== to && !(allowed[from] ?? []).includes(to))
    .map(({ path, from, to }) => (allowed[from] === undefined ? `${path}: the folder ${from} has no place in the order` : `${path}: ${from} may not import ${to === '' ? 'the composing files of the root' : to}`));
}

/** Services of a realm do not call services, contain no agents, and know nothing of the manager and orchestrator above them. */
export function checkRealm(repo: Repository, root: string): string[] {
  const above = /\.(manager|orchestrator|module)$/;
  const roomOf = (path: string): string => (/\/services\/([^/]+)\//.exec(path)?.[1] ?? /\/services\/([^/.]+)[^/]*$/.exec(path)?.[1] ?? '');
  return edges(repo, root).flatMap(({ path, from, to, target }) => {
    if (from === 'services' && (above.test(target) || to === 'agents')) return [`${path}: a service imports ${target}; it is input to output, and composed from above`];
    if (from === 'services' && to === 'services' && roomOf(path) !== roomOf(target)) return [`${path}: a service imports the service ${target}; the orchestrator composes services`];
    if (from === 'agents' && above.test(target)) return [`${path}: an agent imports ${target}`];
    return [];
  });
}

/** Per folder of apps/runtime, what it may import. */
export function runtimeOrder(): Readonly<Record<string, readonly string[]>> {
  const order: Record<string, readonly string[]> = {};
  RUNTIME_FLOW.forEach((folder, position) => (order[folder] = RUNTIME_FLOW.slice(0, position)));
  RUNTIME_BESIDE.forEach((folder, position) => (order[folder] = [...RUNTIME_FLOW, ...RUNTIME_BESIDE.slice(0, position)]));
  for (const folder of Object.keys(order)) order[folder] = [...(order[folder] ?? []), ...RUNTIME_BELOW];
  for (const folder of RUNTIME_BELOW) order[folder] = [];
  return order;
}
