import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository as the rules see it: paths from its root, and texts. Rules read nothing else, so a test can hand them a repository of three files. */
export interface Repository {
  /** Every file that is committed or could be, sorted. */
  readonly paths: readonly string[];
  /** Whether a file or a folder stands there. */
  has(path: string): boolean;
  text(path: string): string;
}

function foldersOf(paths: readonly string[]): Set<string> {
  const folders = new Set<string>(['', '.']);
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.add(path.slice(0, end));
  }
  return folders;
}

function repository(paths: readonly string[], read: (path: string) => string): Repository {
  const sorted = [...paths].sort();
  const known = new Set(sorted);
  const folders = foldersOf(sorted);
  const texts = new Map<string, string>();
  return {
    paths: sorted,
    has: (path) => known.has(path) || folders.has(path.replace(/\/$/, '')),
    text: (path) => {
      const text = texts.get(path) ?? read(path);
      texts.set(path, text);
      return text;
    },
  };
}

/** The work tree at `root`: tracked files and new ones, without what git ignores. */
export function repositoryAt(root: string): Repository {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const paths = listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
  return repository(paths, (path) => readFileSync(join(root, path), 'utf8'));
}

/** A repository of given texts. */
export function repositoryOf(files: Readonly<Record<string, string>>): Repository {
  return repository(Object.keys(files), (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`no file ${path}`);
    return text;
  });
}
