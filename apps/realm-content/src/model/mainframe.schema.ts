import { z } from 'zod';

const MAX_RECORD = 16 * 1024 * 1024;
const itemName = z.string().min(1).max(120);

/** A record or block descriptor word. Defaults are those of z/OS: big-endian, its own four bytes counted. */
const descriptorWord = z.strictObject({
  endian: z.enum(['big', 'little']).optional(),
  inclusive: z.boolean().optional(),
  /** Added to the length as read; default 0. */
  adjustment: z.number().int().min(-65_536).max(65_536).optional(),
});

function isTree(parents: Readonly<Record<string, string>>): boolean {
  const above = new Map(Object.entries(parents).map(([child, parent]) => [child.toUpperCase(), parent.toUpperCase()]));
  return [...above.keys()].every((group) => {
    let at = above.get(group);
    for (let steps = 0; at !== undefined && at !== group && steps < above.size; steps++) at = above.get(at);
    return at !== group;
  });
}

/** How the records of a mainframe file are to be read; every member has a default. */
export const mainframeOptions = z.strictObject({
  /**
   * How records follow each other; default `fixed`. `variable`: each behind a record descriptor word; `variable_blocked`: these in blocks with a word of their own;
   * `text`: lines; `self_delimiting`: as long as their tables' counts say; `length_field`: as long as one of their items says.
   */
  record_format: z.enum(['fixed', 'variable', 'variable_blocked', 'text', 'self_delimiting', 'length_field']).optional(),
  rdw: descriptorWord.optional(),
  bdw: descriptorWord.optional(),
  /** The item that holds the record's length, and what to add to it (default 0). */
  length_field: itemName.optional(),
  length_adjustment: z.number().int().min(-65_536).max(65_536).optional(),
  /** Default `cp037`. */
  code_page: z.string().max(40).optional(),
  /** Fixed: bytes from one record to the next; default: the layout's length with prefix and suffix. */
  record_length: z.number().int().min(1).max(MAX_RECORD).optional(),
  /** The level-01 item to read; default: the first that has items under it. */
  record_name: itemName.optional(),
  /** Default: told from the source. */
  copybook_format: z.enum(['fixed', 'free']).optional(),
  /** How edited pictures write their point and currency; default: what SPECIAL-NAMES of the copybook's program says, else `.` and `$`. */
  decimal_point: z.enum(['period', 'comma']).optional(),
  currency_sign: z.string().length(1).optional(),
  /** Bytes of each record, or of the file, that the copybook does not describe; default 0. */
  record_prefix_bytes: z.number().int().min(0).max(65_536).optional(),
  record_suffix_bytes: z.number().int().min(0).max(65_536).optional(),
  header_bytes: z.number().int().min(0).optional(),
  trailer_bytes: z.number().int().min(0).optional(),
  /** Form of COMP-1 and COMP-2; default `ibm` (hexadecimal). */
  floats: z.enum(['ibm', 'ieee']).optional(),
  /** Blanks around text; default `both`. */
  trim: z.enum(['both', 'right', 'none']).optional(),
  /** Control characters in text; default `blank`. */
  controls: z.enum(['blank', 'keep']).optional(),
  /** What COMP and BINARY may hold: all that their bytes can (default; compilers with TRUNC(BIN) write so), or only the digits of their picture. */
  binary_range: z.enum(['bytes', 'picture']).optional(),
  /** Items and what their values must lie within, both ends allowed: rules that the copybook does not say. A value outside is a field that does not decode. */
  ranges: z.record(itemName, z.strictObject({ min: z.number().optional(), max: z.number().optional() })).optional(),
  /** Where items stand behind a table of variable length: at their maximum offset or moved up. Default: `maximum` in fixed records and lines, else `actual`. */
  tables: z.enum(['maximum', 'actual']).optional(),
  /**
   * The item whose value says which of the groups that share a place a record holds; `parents`: group → the group of the record that it belongs to, which
   * is the newest of that group before it.
   */
  segments: z.strictObject({ field: itemName, groups: z.record(z.string(), itemName), parents: z.record(itemName, itemName).refine(isTree, 'no group may belong to itself, directly or by way of others').optional() }).optional(),
});
/** As a caller writes them; absent members take their defaults. */
export type MainframeOptions = { readonly [K in keyof z.infer<typeof mainframeOptions>]?: z.infer<typeof mainframeOptions>[K] | undefined };
