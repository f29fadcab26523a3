import { createRequire } from 'node:module';

/** The package's declaration names a member that its CommonJS build does not have; this is the module as it is. */
type Tables = Readonly<Record<number, { readonly dec: Readonly<Record<number, string>> } | undefined>>;

let tables: Tables | undefined;

/** Characters by byte of a code page by its number; undefined for one that the package lacks. Read when the first file needs it: that takes half a second. */
export function codePageTable(number: number): Readonly<Record<number, string>> | undefined {
  tables ??= createRequire(__filename)('codepage') as Tables;
  return tables[number]?.dec;
}
