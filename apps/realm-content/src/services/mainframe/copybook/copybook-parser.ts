import { dataEntryTokens, type CopyLibrary } from './copy-statements.js';
import { readEntry, type Entry } from './copybook-clauses.js';
import { syntaxError } from './copybook-errors.js';
import type { Token } from './copybook-lexer.js';
import type { SourceFormat } from './copybook-source.js';
import { PLAIN_NAMES, type Picture, type SpecialNames } from './picture.js';
import type { Copybook, Item, Renames, SignClause, Usage } from './copybook.model.js';

const MAX_DEPTH = 49;

/**
 * Reads a copybook: the data descriptions of a COBOL source. A whole program may be given: what stands before its first entry and
 * from the PROCEDURE DIVISION on is passed over. Entries without a level 01 above them form one record of their own.
 * `library` holds the members that COPY names; `special` what SPECIAL-NAMES would say, by default what it says. Errors: `copybook.syntax`, `copybook.unsupported`, each naming line, column, token and the fix.
 */
export function parseCopybook(text: string, format?: SourceFormat, library: CopyLibrary = new Map(), special?: SpecialNames): Copybook {
  const all = dataEntryTokens(text, format, library);
  const names = special ?? specialNames(all.flat());
  const entries = dataEntries(all).map((entry) => readEntry(entry, names));
  const records = recordsOf(entries);
  if (records.length === 0) throw syntaxError({ line: 1 }, 'the copybook describes no data', { fix: 'give a file with data descriptions: level numbers, names and pictures' });
  return { records };
}

/** DECIMAL-POINT IS COMMA and CURRENCY SIGN of a whole program. */
function specialNames(tokens: readonly Token[]): SpecialNames {
  const words = tokens.map((token) => token.text.toUpperCase());
  const after = (from: number, ...skipped: string[]): number => (skipped.includes(words[from] ?? '') ? after(from + 1, ...skipped) : from);
  const point = words.indexOf('DECIMAL-POINT');
  const decimalComma = point >= 0 && words[after(point + 1, 'IS')] === 'COMMA';
  const sign = words.indexOf('CURRENCY');
  const literal = sign < 0 ? undefined : tokens[after(sign + 1, 'SIGN', 'IS')];
  if (literal?.kind !== 'literal') return decimalComma ? { decimalComma, currency: '$' } : PLAIN_NAMES;
  const currency = literal.text.slice(1, -1);
  if (currency.length !== 1) throw syntaxError(literal, 'a currency sign of several characters is not supported', { code: 'copybook.unsupported', fix: 'docs/guides/mainframe.md tells what of SPECIAL-NAMES is read' });
  return { decimalComma, currency };
}

function dataEntries(entries: readonly Token[][]): Token[][] {
  const end = entries.findIndex((entry) => entry[0]?.text.toUpperCase() === 'PROCEDURE' && entry[1]?.text.toUpperCase() === 'DIVISION');
  const upTo = end < 0 ? entries : entries.slice(0, end);
  const wholeProgram = upTo.some((entry) => /^(DIVISION|SECTION)$/i.test(entry[1]?.text ?? ''));
  return upTo.flatMap((entry) => {
    const own = withoutSql(entry);
    return own.length === 0 || (wholeProgram && !/^\d{1,2}$/.test(own[0]!.text)) ? [] : [own];
  });
}

/** EXEC SQL … END-EXEC beside the data descriptions says nothing of a file's records. */
function withoutSql(entry: readonly Token[]): Token[] {
  const from = entry.findIndex((token) => token.kind === 'word' && /^EXEC$/i.test(token.text));
  if (from < 0) return [...entry];
  const to = entry.findIndex((token, at) => at > from && /^END-EXEC$/i.test(token.text));
  return to < 0 ? entry.slice(0, from) : [...entry.slice(0, from), ...entry.slice(to + 1)];
}

interface Node {
  readonly entry: Entry;
  readonly children: Node[];
  readonly conditions: NonNullable<Entry['condition']>[];
  readonly renames: Renames[];
}

function recordsOf(entries: readonly Entry[]): Item[] {
  const roots: Node[] = [];
  const open: Node[] = [];
  for (const entry of entries) {
    if (entry.renames) {
      const holder = roots.at(-1);
      if (holder === undefined) throw syntaxError(entry, `${entry.name} renames items of no record`, { fix: 'put the level 66 behind the record whose items it renames' });
      holder.renames.push({ name: entry.name, line: entry.line, ...entry.renames });
      continue;
    }
    if (entry.condition) {
      open.at(-1)?.conditions.push(entry.condition);
      continue;
    }
    const node: Node = { entry, children: [], conditions: [], renames: [] };
    const level = entry.level === 77 ? 1 : entry.level;
    while (open.length > 0 && (open.at(-1)!.entry.level >= level || open.at(-1)!.entry.level === 77)) open.pop();
    if (open.length >= MAX_DEPTH) throw syntaxError(entry, `levels nest deeper than ${MAX_DEPTH}`, { code: 'copybook.unsupported' });
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return gatherLoose(roots).map((root) => toItem(root, {}));
}

/** Entries above level 01 that no record holds become one record named RECORD. */
function gatherLoose(roots: readonly Node[]): Node[] {
  const loose = roots.filter((root) => root.entry.level !== 1 && root.entry.level !== 77);
  if (loose.length === 0) return [...roots];
  const record: Node = { entry: { level: 1, name: 'RECORD', line: loose[0]!.entry.line }, children: loose, conditions: [], renames: loose.flatMap((root) => root.renames) };
  return [record, ...roots.filter((root) => !loose.includes(root))];
}

/** USAGE and SIGN of a group hold for what lies under it. */
interface Inherited {
  readonly usage?: Usage;
  readonly sign?: SignClause;
  readonly sync?: boolean;
}

/** BINARY-LONG and its like hold what their bytes hold. */
function sizedPicture({ size, usage, unsigned }: Entry): Item['picture'] {
  if (size === undefined || usage !== 'comp5') return undefined;
  const digits = [3, 5, 5, 10, 10, 10, 10, 19][size - 1]!;
  return { category: 'number', text: `${unsigned === true ? '' : 'S'}9(${digits})`, size: digits, digits, scale: 0, signed: unsigned !== true };
}

/** N is in Unicode and G in the double-byte half of the code page, where no USAGE says otherwise. */
const ownUsage = (picture: Picture | undefined): Usage => (picture?.category !== 'national' ? 'display' : /G/i.test(picture.text) ? 'double_byte' : 'national');

function toItem(node: Node, above: Inherited): Item {
  const { entry } = node;
  const usage = entry.usage ?? above.usage ?? ownUsage(entry.picture);
  const sign = entry.sign ?? above.sign;
  const below: Inherited = { ...(entry.usage ?? above.usage ? { usage } : {}), ...(sign ? { sign } : {}), ...(entry.sync ?? above.sync ? { sync: true } : {}) };
  const children = node.children.map((child) => toItem(child, below));
  const picture = entry.picture ?? sizedPicture(entry);
  checkEntry(entry, children, usage);
  return {
    level: entry.level,
    name: entry.name,
    line: entry.line,
    sync: entry.sync ?? above.sync ?? false,
    blankWhenZero: entry.blankWhenZero ?? false,
    justified: entry.justified ?? false,
    renames: node.renames,
    usage: picture?.category === 'text' || picture?.category === 'edited' ? 'display' : usage,
    conditions: node.conditions,
    children,
    ...(entry.size === undefined ? {} : { size: entry.size }),
    ...(picture ? { picture } : {}),
    ...(sign ? { sign } : {}),
    ...(entry.occurs ? { occurs: entry.occurs } : {}),
    ...(entry.redefines === undefined ? {} : { redefines: entry.redefines }),
  };
}

/** Usages that bring their own size and take no picture. */
export const isSelfSized = (usage: Usage): boolean => usage === 'float' || usage === 'double' || usage === 'index' || usage === 'pointer';

function checkEntry(entry: Entry, children: readonly Item[], usage: Usage): void {
  if (entry.picture && children.length > 0) throw syntaxError(entry, `${entry.name} has a picture and items under it`, { fix: 'give what follows a level not above this one, or take the picture away' });
  if (!entry.picture && children.length === 0 && !isSelfSized(usage) && entry.size === undefined) throw syntaxError(entry, `${entry.name} has neither a picture nor items under it`, { fix: 'add a PIC clause, or items of a higher level number' });
}
