import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';

/** A file to ingest, with its copybook where its folder holds one. */
export interface SourceFile {
  readonly path: string;
  /** Path below the folder that was named. */
  readonly name: string;
  readonly copybook: string | undefined;
}

export interface SourceFiles {
  readonly files: readonly SourceFile[];
  /** What the folder holds beside, and why it is not ingested. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

const COPYBOOKS = ['.cpy', '.cob', '.copybook'];

const stem = (path: string): string => join(dirname(path), basename(path, extname(path)).toLowerCase());
const isCopybook = (name: string): boolean => COPYBOOKS.includes(extname(name).toLowerCase());
const isReadme = (name: string): boolean => /^readme(\.(md|txt))?$/i.test(basename(name));

/**
 * The files of a folder and its subfolders, by name; hidden ones, links to folders and README files are left out. A copybook belongs to
 * the files beside it that are named like it (`policy-master.cpy` to `policy-master.ebcdic`), and is not ingested by itself.
 */
export async function findSourceFiles(folder: string): Promise<SourceFiles> {
  const paths = (await walk(folder)).sort();
  const copybooks = paths.filter(isCopybook);
  const data = paths.filter((path) => !isCopybook(path) && !isReadme(path));
  const files = data.map((path) => ({ path, name: relative(folder, path), copybook: copybooks.find((c) => stem(c) === stem(path)) }));
  const unused = copybooks.filter((c) => !files.some((f) => f.copybook === c));
  return {
    files,
    leftOut: [
      ...paths.filter(isReadme).map((path) => ({ name: relative(folder, path), reason: 'a README is about the files' })),
      ...unused.map((path) => ({ name: relative(folder, path), reason: 'a copybook without a data file of the same name beside it' })),
    ],
  };
}

async function walk(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.name.startsWith('.'));
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return walk(path);
      if (entry.isFile()) return [path];
      // A link that leads nowhere is reported when it is read; pipes and devices would never end.
      const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : undefined;
      return entry.isSymbolicLink() && (target === undefined || target.isFile()) ? [path] : [];
    }),
  );
  return found.flat();
}
