import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

/** A file to ingest, with its copybook where the folder holds one. */
export interface SourceFile {
  readonly path: string;
  readonly name: string;
  readonly copybook: string | undefined;
}

const COPYBOOKS = ['.cpy', '.cob', '.copybook'];

const stem = (name: string): string => basename(name, extname(name)).toLowerCase();
const isCopybook = (name: string): boolean => COPYBOOKS.includes(extname(name).toLowerCase());

/**
 * The files of a folder, by name; hidden ones and README files are left out. A copybook belongs to the files whose names begin like its own
 * (`policy-master.cpy` to `policy-master.ebcdic`), and is not ingested by itself.
 */
export async function findSourceFiles(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((e) => e.isFile() && !e.name.startsWith('.') && !/^readme/i.test(e.name)).map((e) => e.name).sort();
  const copybooks = names.filter(isCopybook);
  return names.filter((name) => !isCopybook(name)).map((name) => {
    const copybook = copybooks.find((c) => stem(c) === stem(name));
    return { path: join(folder, name), name, copybook: copybook === undefined ? undefined : join(folder, copybook) };
  });
}
