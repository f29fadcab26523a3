import codepage from 'codepage';

/** The package's declaration names a member that its CommonJS build does not have; this is the module as it is. */
interface Tables {
  readonly [number: number]: { readonly dec: Readonly<Record<number, string>> } | undefined;
}

export const cptable = codepage as unknown as Tables;
