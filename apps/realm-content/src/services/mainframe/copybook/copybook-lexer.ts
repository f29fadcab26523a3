import type { SourceLine } from './copybook-source.js';
import { syntaxError } from './copybook-errors.js';

/** `word` covers keywords, names, numbers and picture strings; `period` ends an entry; `pseudo` is the `==` around pseudo-text. */
export interface Token {
  readonly kind: 'word' | 'literal' | 'period' | 'pseudo';
  readonly text: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

const PIECE = /[A-Za-z]{0,2}'(?:[^']|'')*'|[A-Za-z]{0,2}"(?:[^"]|"")*"|==|(?:(?!==)[^\s'"])+|['"]/g;

/** Tokens of all lines. A period counts as the end of an entry only before white space, so `9(3).99` stays whole. */
export function tokenise(lines: readonly SourceLine[]): Token[] {
  return lines.flatMap((line) => [...line.text.matchAll(PIECE)].flatMap((match) => pieceTokens(match[0], line.number, line.column + match.index)));
}

function pieceTokens(piece: string, line: number, column: number): Token[] {
  const place = { line, column };
  if (piece === "'" || piece === '"') throw syntaxError({ ...place, text: piece }, 'a literal is not closed', { fix: 'close the literal with the quote that opens it' });
  if (piece === '==') return [{ kind: 'pseudo', text: piece, ...place }];
  if (/['"]$/.test(piece)) return [{ kind: 'literal', text: piece, ...place }];
  if (/^[.,;]+$/.test(piece)) return piece.includes('.') ? [{ kind: 'period', text: '.', ...place }] : [];
  const ends = piece.endsWith('.');
  const text = piece.replace(/[.,;]+$/, '');
  return ends ? [{ kind: 'word', text, ...place }, { kind: 'period', text: '.', line, column: column + text.length }] : [{ kind: 'word', text, ...place }];
}

/** Entries: the tokens between periods, none empty. */
export function entriesOf(tokens: readonly Token[]): Token[][] {
  const entries: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'period') entries.push([]);
    else entries.at(-1)?.push(token);
  }
  return entries.filter((entry) => entry.length > 0);
}
