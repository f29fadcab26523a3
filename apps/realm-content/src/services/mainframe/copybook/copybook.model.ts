import type { Picture } from './picture.js';

/** Usages that hold data. `comp9` is a little-endian binary, `packed_unsigned` (COMP-6) has no sign nibble; `index` and `pointer` are opaque. */
export type Usage = 'display' | 'binary' | 'comp5' | 'comp9' | 'float' | 'double' | 'packed' | 'packed_unsigned' | 'national' | 'double_byte' | 'index' | 'pointer';

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

/** A value of a level 88, or with `to` a range, both ends in it. */
export interface ConditionValue {
  readonly from: string;
  readonly to?: string;
}

/** A level-88 name and the values that make it true, as written but for the quotes of literals. */
export interface ConditionName {
  readonly name: string;
  readonly values: readonly ConditionValue[];
}

/** A level 66: the items from the first to the last of a record, under another name. */
export interface Renames {
  readonly name: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
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
  /** Binary items and floats stand on their own boundary, behind slack bytes where need be. */
  readonly sync: boolean;
  readonly blankWhenZero: boolean;
  readonly justified: boolean;
  /** Bytes, of usages that bring their own size. */
  readonly size?: number;
  /** Of a record: its level-66 entries. */
  readonly renames: readonly Renames[];
  readonly conditions: readonly ConditionName[];
  readonly children: readonly Item[];
}

/** Of the item that holds several records as alternatives of one place. */
export const FILE_LEVEL = 0;

/** Records (levels 01 and 77) in the order of the copybook. */
export interface Copybook {
  readonly records: readonly Item[];
}
