import type { PlatformError } from '@symphainy/kernel';
import { syntaxError } from './copybook-errors.js';
import type { Token } from './copybook-lexer.js';
import type { ConditionName, ConditionValue, Occurs, SignClause, Usage } from './copybook.model.js';
import { parsePicture, PictureError, PLAIN_NAMES, type Picture, type SpecialNames } from './picture.js';

/** What one entry says, before it has a place in the tree. */
export interface Entry {
  readonly level: number;
  readonly name: string;
  readonly line: number;
  picture?: Picture;
  usage?: Usage;
  sign?: SignClause;
  occurs?: Occurs;
  redefines?: string;
  sync?: boolean;
  blankWhenZero?: boolean;
  justified?: boolean;
  /** BINARY-LONG and its like, INDEX and POINTER bring their size, in bytes. */
  size?: number;
  unsigned?: boolean;
  condition?: ConditionName;
  /** Level 66: the items from the first to the last, which are read again under another name. */
  renames?: { readonly from: string; readonly to: string };
}

const USAGES: Readonly<Record<string, Usage>> = {
  DISPLAY: 'display', 'DISPLAY-1': 'double_byte', COMP: 'binary', COMPUTATIONAL: 'binary', BINARY: 'binary', 'COMP-0': 'binary', 'COMP-4': 'binary', 'COMPUTATIONAL-0': 'binary', 'COMPUTATIONAL-4': 'binary',
  'COMP-1': 'float', 'COMPUTATIONAL-1': 'float', 'FLOAT-SHORT': 'float', 'COMP-2': 'double', 'COMPUTATIONAL-2': 'double', 'FLOAT-LONG': 'double', 'COMP-3': 'packed', 'COMPUTATIONAL-3': 'packed',
  'PACKED-DECIMAL': 'packed', 'COMP-6': 'packed_unsigned', 'COMPUTATIONAL-6': 'packed_unsigned', 'COMP-5': 'comp5', 'COMPUTATIONAL-5': 'comp5', 'COMP-9': 'comp9', 'COMPUTATIONAL-9': 'comp9',
  NATIONAL: 'national', INDEX: 'index', POINTER: 'pointer', 'POINTER-32': 'pointer', 'PROCEDURE-POINTER': 'pointer', 'FUNCTION-POINTER': 'pointer',
};
/** Usages without a picture: bytes, and the digits that these hold at least. */
const SIZED: Readonly<Record<string, number>> = { 'BINARY-CHAR': 1, 'BINARY-SHORT': 2, 'BINARY-LONG': 4, 'BINARY-DOUBLE': 8, 'PROCEDURE-POINTER': 8, 'FUNCTION-POINTER': 8 };
/** Words after which a VALUE list has ended. */
const CLAUSE_WORDS = new Set([
  ...Object.keys(USAGES), ...Object.keys(SIZED), 'USAGE', 'PIC', 'PICTURE', 'OCCURS', 'REDEFINES', 'SIGN', 'LEADING', 'TRAILING', 'SYNC', 'SYNCHRONIZED', 'JUST', 'JUSTIFIED', 'BLANK', 'GLOBAL', 'EXTERNAL', 'VOLATILE', 'VALUE', 'VALUES',
]);

/** Reads the clauses of one entry, in any order. */
export function readEntry(tokens: readonly Token[], special: SpecialNames = PLAIN_NAMES): Entry {
  const cursor = new Cursor(tokens);
  const first = cursor.take('a level number');
  if (!/^\d{1,2}$/.test(first.text)) throw syntaxError(first, `an entry begins with ${JSON.stringify(first.text)} instead of a level number`, { fix: 'begin each entry with 01 to 49, 66, 77 or 88, and end it with a period' });
  const level = Number(first.text);
  if (!((level >= 1 && level <= 49) || level === 66 || level === 77 || level === 88)) throw syntaxError(first, `${first.text} is no level number`, { fix: 'use 01 to 49, 66, 77 or 88' });
  const entry: Entry = { level, name: readName(cursor), line: first.line };
  if (level === 88) return { ...entry, condition: { name: entry.name, values: conditionValues(readValues(cursor)) } };
  if (level === 66) return { ...entry, renames: readRenames(cursor) };
  while (!cursor.done()) readClause(cursor, entry, special);
  return entry;
}

class Cursor {
  private at = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  done(): boolean {
    return this.at >= this.tokens.length;
  }

  peek(): string {
    return this.tokens[this.at]?.text.toUpperCase() ?? '';
  }

  take(wanted: string): Token {
    const token = this.tokens[this.at++];
    if (token === undefined) throw syntaxError(this.tokens.at(-1)!, `the entry ends where ${wanted} should stand`, { fix: `write ${wanted} before the period` });
    return token;
  }

  /** Steps over any of these words. */
  skip(...words: readonly string[]): boolean {
    const found = !this.done() && words.includes(this.peek());
    if (found) this.at++;
    return found;
  }
}

function readName(cursor: Cursor): string {
  if (cursor.done() || CLAUSE_WORDS.has(cursor.peek())) return 'FILLER';
  const token = cursor.take('a name');
  if (!/^[A-Za-z0-9][A-Za-z0-9_$#@:-]*$/.test(token.text)) throw syntaxError(token, `${JSON.stringify(token.text)} is no data name`, { fix: 'names have letters, digits, hyphens and underscores; placeholders want COPY … REPLACING' });
  return token.text.toUpperCase();
}

function readClause(cursor: Cursor, entry: Entry, special: SpecialNames): void {
  const token = cursor.take('a clause');
  const word = token.text.toUpperCase();
  if (usageClause(word, cursor, entry)) return;
  if (word === 'USAGE') cursor.skip('IS');
  else if (word === 'PIC' || word === 'PICTURE') entry.picture = readPicture(cursor, special);
  else if (word === 'REDEFINES') entry.redefines = cursor.take('a name').text.toUpperCase();
  else if (word === 'OCCURS') entry.occurs = readOccurs(cursor);
  else if (word === 'SIGN') cursor.skip('IS');
  else if (word === 'LEADING' || word === 'TRAILING') entry.sign = readSign(cursor, word);
  else if (word === 'VALUE' || word === 'VALUES') readValues(cursor);
  else if (word === 'JUST' || word === 'JUSTIFIED') readJustified(cursor, entry);
  else if (word === 'EXTERNAL') readExternal(cursor);
  else if (word === 'BLANK') readBlank(cursor, entry);
  else if (word === 'SYNC' || word === 'SYNCHRONIZED') readSync(cursor, entry);
  else if (!/^(IS|GLOBAL|VOLATILE|GROUP-USAGE|ALIGNED)$/.test(word)) throw unsupportedClause(token);
}

function usageClause(word: string, cursor: Cursor, entry: Entry): boolean {
  const usage = word in SIZED && !(word in USAGES) ? 'comp5' : USAGES[word];
  if (usage === undefined) return false;
  entry.usage = usage;
  const size = SIZED[word];
  if (size !== undefined) entry.size = size;
  if (size !== undefined && usage === 'comp5') entry.unsigned = cursor.skip('UNSIGNED') || (cursor.skip('SIGNED'), false);
  return true;
}

function readBlank(cursor: Cursor, entry: Entry): void {
  cursor.skip('WHEN');
  cursor.skip('ZERO', 'ZEROS', 'ZEROES');
  entry.blankWhenZero = true;
}

function readJustified(cursor: Cursor, entry: Entry): void {
  cursor.skip('RIGHT');
  entry.justified = true;
}

/** EXTERNAL AS 'name' says how other programs call the item. */
function readExternal(cursor: Cursor): void {
  if (cursor.skip('AS')) cursor.take('a literal');
}

function readSync(cursor: Cursor, entry: Entry): void {
  cursor.skip('LEFT', 'RIGHT');
  entry.sync = true;
}

function readRenames(cursor: Cursor): { from: string; to: string } {
  if (!cursor.skip('RENAMES')) throw syntaxError(cursor.take('RENAMES'), 'a level 66 wants RENAMES', { fix: 'write 66 name RENAMES first THRU last.' });
  const qualified = (): string => {
    const name = cursor.take('a name').text.toUpperCase();
    while (cursor.skip('OF', 'IN')) cursor.take('a name');
    return name;
  };
  const from = qualified();
  return { from, to: cursor.skip('THRU', 'THROUGH') ? qualified() : from };
}

/** What is known and not read is told apart from what is no clause at all. */
function unsupportedClause(token: Token): PlatformError {
  const known = /^(OBJECT|DATE|DYNAMIC|UTF-8|TYPE|TYPEDEF|LIKE|SAME|BASED|ANY|CONSTANT)$/i.test(token.text);
  return known
    ? syntaxError(token, `the clause ${token.text.toUpperCase()} is not supported`, { code: 'copybook.unsupported', fix: 'docs/guides/mainframe.md lists the clauses that are' })
    : syntaxError(token, `${JSON.stringify(token.text)} begins no clause`, { fix: 'look for a missing period before it, or a misspelled word' });
}

function readPicture(cursor: Cursor, special: SpecialNames): Picture {
  cursor.skip('IS');
  const token = cursor.take('a picture');
  try {
    return parsePicture(token.text, special);
  } catch (error) {
    if (error instanceof PictureError) throw syntaxError(token, error.message, { code: /^[EU0-9()]+$/i.test(token.text) ? 'copybook.unsupported' : 'copybook.syntax', fix: 'pictures are made of X A N G 9 S V P Z * + - , . / B 0 CR DB and a currency sign' });
    throw error;
  }
}

function readOccurs(cursor: Cursor): Occurs {
  const first = readCount(cursor);
  const ranged = cursor.skip('TO');
  const max = ranged ? readCount(cursor) : first;
  cursor.skip('TIMES', 'TIME');
  let dependingOn: string | undefined;
  if (cursor.skip('DEPENDING')) {
    cursor.skip('ON');
    dependingOn = cursor.take('a name').text.toUpperCase();
    while (cursor.skip('OF', 'IN')) cursor.take('a name');
  }
  skipTableKeys(cursor);
  return { min: ranged ? first : dependingOn === undefined ? max : 0, max, ...(dependingOn === undefined ? {} : { dependingOn }) };
}

function readCount(cursor: Cursor): number {
  const token = cursor.take('a number');
  if (!/^\d{1,9}$/.test(token.text)) throw syntaxError(token, `OCCURS wants a number, not ${JSON.stringify(token.text)}`, { fix: 'write OCCURS n TIMES, or OCCURS n TO m TIMES DEPENDING ON name' });
  return Number(token.text);
}

/** KEY IS and INDEXED BY name items without storage here. */
function skipTableKeys(cursor: Cursor): void {
  while (cursor.skip('ASCENDING', 'DESCENDING', 'INDEXED')) {
    cursor.skip('KEY');
    cursor.skip('IS', 'BY');
    while (!cursor.done() && !CLAUSE_WORDS.has(cursor.peek()) && !/^(ASCENDING|DESCENDING|INDEXED|VALUES?)$/.test(cursor.peek())) cursor.take('a name');
  }
}

function readSign(cursor: Cursor, word: 'LEADING' | 'TRAILING'): SignClause {
  const separate = cursor.skip('SEPARATE');
  cursor.skip('CHARACTER');
  return { position: word === 'LEADING' ? 'leading' : 'trailing', separate };
}

function readValues(cursor: Cursor): string[] {
  cursor.skip('VALUE', 'VALUES');
  cursor.skip('IS', 'ARE');
  const values: string[] = [];
  while (!cursor.done() && !CLAUSE_WORDS.has(cursor.peek()) && cursor.peek() !== 'WHEN') values.push(cursor.take('a value').text);
  while (cursor.skip('WHEN', 'SET', 'TO', 'FALSE', 'IS')) if (!/^(SET|TO|FALSE|IS)$/.test(cursor.peek()) && !cursor.done()) cursor.take('a value');
  return values;
}

/** Single values and ranges of a level 88, as written but for the quotes of literals. */
function conditionValues(words: readonly string[]): ConditionValue[] {
  const values: ConditionValue[] = [];
  for (let at = 0; at < words.length; at++) {
    if (/^(THRU|THROUGH)$/i.test(words[at]!) && values.length > 0 && words[at + 1] !== undefined) values[values.length - 1] = { ...values.at(-1)!, to: unquoted(words[++at]!) };
    else if (!/^ALL$/i.test(words[at]!)) values.push({ from: unquoted(words[at]!) });
  }
  return values;
}

const unquoted = (word: string): string => (/^(['"]).*\1$/s.test(word) ? word.slice(1, -1).replaceAll(word[0]! + word[0]!, word[0]!) : word);
