import { failure, type ErrorCode } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';
import type { Token } from './copybook-lexer.js';
import type { ConditionName, Occurs, SignClause, Usage } from './copybook.model.js';
import { parsePicture, PictureError, type Picture } from './picture.js';

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
  condition?: ConditionName;
  /** Level 66: an alias, without storage. */
  renames?: boolean;
}

const USAGES: Readonly<Record<string, Usage>> = {
  DISPLAY: 'display', COMP: 'binary', COMPUTATIONAL: 'binary', BINARY: 'binary', 'COMP-0': 'binary', 'COMP-4': 'binary', 'COMPUTATIONAL-0': 'binary', 'COMPUTATIONAL-4': 'binary',
  'COMP-1': 'float', 'COMPUTATIONAL-1': 'float', 'COMP-2': 'double', 'COMPUTATIONAL-2': 'double', 'COMP-3': 'packed', 'COMPUTATIONAL-3': 'packed', 'PACKED-DECIMAL': 'packed',
  'COMP-5': 'comp5', 'COMPUTATIONAL-5': 'comp5', 'COMP-9': 'comp9', 'COMPUTATIONAL-9': 'comp9', NATIONAL: 'national', INDEX: 'index', POINTER: 'pointer',
};
/** Words after which a VALUE list has ended. */
const CLAUSE_WORDS = new Set([
  ...Object.keys(USAGES), 'USAGE', 'PIC', 'PICTURE', 'OCCURS', 'REDEFINES', 'SIGN', 'LEADING', 'TRAILING', 'SYNC', 'SYNCHRONIZED', 'JUST', 'JUSTIFIED', 'BLANK', 'GLOBAL', 'EXTERNAL',
]);

export const syntaxError = (token: { readonly line: number }, message: string, code: ErrorCode = 'copybook.syntax'): PlatformError =>
  failure(code, { message: `line ${token.line}: ${message}`, field: '/copybook', details: { line: token.line } });

/** Reads the clauses of one entry, in any order. */
export function readEntry(tokens: readonly Token[]): Entry {
  const cursor = new Cursor(tokens);
  const first = cursor.take('a level number');
  if (!/^\d{1,2}$/.test(first.text)) throw syntaxError(first, `an entry begins with ${JSON.stringify(first.text)} instead of a level number`, first.text.toUpperCase() === 'COPY' ? 'copybook.unsupported' : 'copybook.syntax');
  const level = Number(first.text);
  if (!((level >= 1 && level <= 49) || level === 66 || level === 77 || level === 88)) throw syntaxError(first, `${first.text} is no level number`);
  const entry: Entry = { level, name: readName(cursor), line: first.line };
  if (level === 88) return { ...entry, condition: { name: entry.name, values: readValues(cursor) } };
  if (level === 66) return { ...entry, renames: true };
  while (!cursor.done()) readClause(cursor, entry);
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
    if (token === undefined) throw syntaxError(this.tokens.at(-1)!, `the entry ends where ${wanted} should stand`);
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
  if (!/^[A-Za-z0-9][A-Za-z0-9_$#@:-]*$/.test(token.text)) throw syntaxError(token, `${JSON.stringify(token.text)} is no data name`);
  return token.text.toUpperCase();
}

function readClause(cursor: Cursor, entry: Entry): void {
  const token = cursor.take('a clause');
  const word = token.text.toUpperCase();
  const usage = USAGES[word];
  if (usage !== undefined) entry.usage = usage;
  else if (word === 'USAGE') cursor.skip('IS');
  else if (word === 'PIC' || word === 'PICTURE') entry.picture = readPicture(cursor);
  else if (word === 'REDEFINES') entry.redefines = cursor.take('a name').text.toUpperCase();
  else if (word === 'OCCURS') entry.occurs = readOccurs(cursor);
  else if (word === 'SIGN') cursor.skip('IS');
  else if (word === 'LEADING' || word === 'TRAILING') entry.sign = readSign(cursor, word);
  else if (word === 'VALUE' || word === 'VALUES') readValues(cursor);
  else if (word === 'JUST' || word === 'JUSTIFIED') cursor.skip('RIGHT');
  else if (word === 'BLANK') (cursor.skip('WHEN'), cursor.skip('ZERO', 'ZEROS', 'ZEROES'));
  else if (word === 'GLOBAL' || word === 'EXTERNAL') return;
  else throw unsupportedClause(token);
}

/** SYNC inserts slack bytes that depend on the compiler; COPY needs the library of the site. Refused rather than read wrongly. */
function unsupportedClause(token: Token): PlatformError {
  const known = /^(SYNC|SYNCHRONIZED|COPY|REPLACE|REPLACING|DISPLAY-1|KANJI|PROCEDURE-POINTER|FUNCTION-POINTER|DATE|DYNAMIC|UTF-8)$/i.test(token.text);
  return syntaxError(token, known ? `the clause ${token.text.toUpperCase()} is not supported` : `${JSON.stringify(token.text)} begins no clause`, known ? 'copybook.unsupported' : 'copybook.syntax');
}

function readPicture(cursor: Cursor): Picture {
  cursor.skip('IS');
  const token = cursor.take('a picture');
  try {
    return parsePicture(token.text);
  } catch (error) {
    if (error instanceof PictureError) throw syntaxError(token, error.message, /^[GEU0-9()]+$/i.test(token.text) ? 'copybook.unsupported' : 'copybook.syntax');
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
  if (!/^\d{1,9}$/.test(token.text)) throw syntaxError(token, `OCCURS wants a number, not ${JSON.stringify(token.text)}`);
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
  while (!cursor.done() && !CLAUSE_WORDS.has(cursor.peek())) values.push(cursor.take('a value').text);
  return values;
}
