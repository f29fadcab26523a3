import type { Picture } from './picture.js';

/** Usages that hold data. `comp9` is a little-endian binary, `index` a four-byte binary. */
export type Usage = 'display' | 'binary' | 'comp5' | 'comp9' | 'float' | 'double' | 'packed' | 'national' | 'index' | 'pointer';

export interface SignClause {
  readonly position: 'leading' | 'trailing';
  readonly separate: boolean;
}

export interface Occurs {
  readonly min: number;
  readonly max: number;
  /** The item whose value says how many there are. */
  readonly dependingOn?: string;
}

/** A level-88 name and the values that make it true, as written. */
export interface ConditionName {
  readonly name: string;
  readonly values: readonly string[];
}

/** A data description entry with what lies under it. `name` is FILLER where the copybook gives none. */
export interface Item {
  readonly level: number;
  readonly name: string;
  readonly line: number;
  readonly picture?: Picture;
  readonly usage: Usage;
  readonly sign?: SignClause;
  readonly occurs?: Occurs;
  readonly redefines?: string;
  readonly conditions: readonly ConditionName[];
  readonly children: readonly Item[];
}

/** Records (levels 01 and 77) in the order of the copybook. */
export interface Copybook {
  readonly records: readonly Item[];
}
