/**
 * COPY and REPLACE, on tokens (ISO/IEC 1989 "Text manipulation"): the text of a named library member is put in place, with words replaced.
 *
 * A partial word (`:TAG:`, `(TAG)`, or with LEADING or TRAILING) is replaced inside words; any other text only as whole words, in sequence and whatever their case.
 */
import { entriesOf, tokenise, type Token } from './copybook-lexer.js';
import { syntaxError } from './copybook-errors.js';
import { sourceLines, type SourceFormat } from './copybook-source.js';

/** Members by name, in capitals. */
export type CopyLibrary = ReadonlyMap<string, string>;

interface Replacement {
  readonly part: 'whole' | 'leading' | 'trailing';
  readonly from: readonly Token[];
  readonly to: readonly Token[];
}

const MAX_DEPTH = 20;
const MAX_TOKENS = 2_000_000;

/** Tokens of a copybook with every COPY and REPLACE carried out. */
export function expandedTokens(text: string, format: SourceFormat | undefined, library: CopyLibrary, depth = 0): Token[] {
  const tokens = tokenise(sourceLines(text, format));
  const out: Token[] = [];
  let replacing: Replacement[] = [];
  for (let at = 0; at < tokens.length; ) {
    const word = tokens[at]!.text.toUpperCase();
    const opens = tokens[at]!.kind === 'word' && (word === 'COPY' || word === 'REPLACE') && startsStatement(tokens, at);
    if (!opens) {
      out.push(...replaced([tokens[at]!], []));
      at++;
      continue;
    }
    const end = statementEnd(tokens, at);
    const statement = tokens.slice(at, end);
    if (word === 'REPLACE') {
      const rest = takeReplacing(tokens, end + 1);
      replacing = readReplacements(statement, 1);
      out.push(...replaced(rest.tokens, replacing));
      at = rest.next;
    } else {
      out.push(...copied(statement, format, library, depth));
      at = end + 1;
    }
    if (out.length > MAX_TOKENS) throw syntaxError(statement[0]!, 'the copied text is too long', { code: 'copybook.unsupported' });
  }
  return out;
}

/** COPY may stand at the head of an entry or after a level and name. A data item of that name follows a level number and ends its entry's head. */
const startsStatement = (tokens: readonly Token[], at: number): boolean => {
  const next = tokens[at + 1];
  if (next === undefined || next.kind === 'period') return false;
  const before = tokens[at - 1];
  return before === undefined || before.kind === 'period' || !/^\d{1,2}$/.test(before.text) || !/^(PIC|PICTURE|REDEFINES|OCCURS|USAGE|VALUE)$/i.test(next.text);
};

function statementEnd(tokens: readonly Token[], from: number): number {
  for (let at = from, quoted = false; at < tokens.length; at++) {
    if (tokens[at]!.kind === 'pseudo') quoted = !quoted;
    else if (tokens[at]!.kind === 'period' && !quoted) return at;
  }
  throw syntaxError(tokens[from]!, `${tokens[from]!.text.toUpperCase()} has no period at its end`, { fix: 'end the statement with a period' });
}

/** What a REPLACE holds for: up to the next REPLACE. */
function takeReplacing(tokens: readonly Token[], from: number): { tokens: Token[]; next: number } {
  let next = from;
  while (next < tokens.length && tokens[next]!.text.toUpperCase() !== 'REPLACE') next++;
  return { tokens: tokens.slice(from, next), next };
}

function copied(statement: readonly Token[], format: SourceFormat | undefined, library: CopyLibrary, depth: number): Token[] {
  const member = statement[1];
  if (member === undefined) throw syntaxError(statement[0]!, 'COPY names no member', { fix: 'write COPY member.' });
  const name = member.text.replace(/^['"]|['"]$/g, '').toUpperCase();
  const text = library.get(name) ?? library.get(name.replace(/\.[A-Z]+$/, ''));
  if (text === undefined) throw syntaxError(member, `the member ${name} of COPY is not at hand`, { code: 'copybook.unsupported', fix: library.size === 0 ? 'give the members that are copied in `library`' : `give it in \`library\`; at hand: ${[...library.keys()].join(', ')}` });
  if (depth >= MAX_DEPTH) throw syntaxError(member, `COPY nests deeper than ${MAX_DEPTH}; does ${name} copy itself?`, { code: 'copybook.unsupported' });
  const at = statement.findIndex((token) => token.text.toUpperCase() === 'REPLACING');
  return replaced(expandedTokens(text, format, library, depth + 1), at < 0 ? [] : readReplacements(statement, at + 1));
}

/** `==a== BY ==b==`, `LEADING ==a== BY ==b==`, `WORD BY WORD`, one after the other. */
function readReplacements(statement: readonly Token[], from: number): Replacement[] {
  const found: Replacement[] = [];
  if (statement[from]?.text.toUpperCase() === 'OFF') return found;
  let at = from;
  const operand = (): Token[] => {
    const first = statement[at++];
    if (first === undefined) throw syntaxError(statement.at(-1)!, 'REPLACING ends too soon', { fix: 'write REPLACING ==old== BY ==new==' });
    if (first.kind !== 'pseudo') return [first];
    const end = statement.findIndex((token, i) => i >= at && token.kind === 'pseudo');
    if (end < 0) throw syntaxError(first, 'pseudo-text is not closed', { fix: 'close it with ==' });
    const text = statement.slice(at, end);
    at = end + 1;
    return text;
  };
  while (at < statement.length) {
    const word = statement[at]!.text.toUpperCase();
    const part = word === 'LEADING' ? 'leading' : word === 'TRAILING' ? 'trailing' : 'whole';
    if (part !== 'whole') at++;
    const old = operand();
    if (statement[at++]?.text.toUpperCase() !== 'BY') throw syntaxError(old[0] ?? statement[0]!, 'REPLACING wants BY between old and new text');
    found.push({ part, from: old, to: operand() });
  }
  return found;
}

/** At each place the first replacement that fits is made, and its result is not looked at again. */
function replaced(tokens: readonly Token[], replacements: readonly Replacement[]): Token[] {
  if (replacements.length === 0) return [...tokens];
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const whole = replacements.find((r) => fitsAt(r, tokens, at));
    if (whole) {
      out.push(...whole.to.map((token) => ({ ...token, line: tokens[at]!.line, column: tokens[at]!.column })));
      at += whole.from.length;
    } else {
      out.push(...partly(tokens[at]!, replacements));
      at++;
    }
  }
  return out;
}

const same = (a: Token, b: Token): boolean => (a.kind === 'literal' || b.kind === 'literal' ? a.text === b.text : a.text.toUpperCase() === b.text.toUpperCase());

const fitsAt = ({ part, from }: Replacement, tokens: readonly Token[], at: number): boolean =>
  part === 'whole' && from.length > 0 && from.every((token, i) => tokens[at + i] !== undefined && same(token, tokens[at + i]!));

/** `:TAG:` and `(TAG)` are words of their own in COBOL text even where they touch others. */
const isPartial = (text: string): boolean => /^[:(].*[:)]$/.test(text);

function partly(token: Token, replacements: readonly Replacement[]): Token[] {
  if (token.kind !== 'word') return [token];
  const upper = token.text.toUpperCase();
  for (const { part, from, to } of replacements) {
    const old = from.length === 1 ? from[0]!.text.toUpperCase() : undefined;
    if (old === undefined || !upper.includes(old)) continue;
    const fresh = to.map((t) => t.text).join(' ');
    if (part === 'leading' && upper.startsWith(old)) return named(token, fresh + token.text.slice(old.length));
    if (part === 'trailing' && upper.endsWith(old)) return named(token, token.text.slice(0, -old.length) + fresh);
    if (part === 'whole' && isPartial(old)) return partly({ ...token, text: upper.split(old).join(fresh) }, replacements.filter((r) => r.from !== from));
  }
  return [token];
}

/** A word that lost all its text is gone. */
const named = (token: Token, text: string): Token[] => (text === '' ? [] : [{ ...token, text }]);

export const dataEntryTokens = (text: string, format: SourceFormat | undefined, library: CopyLibrary): Token[][] => entriesOf(expandedTokens(text, format, library));
