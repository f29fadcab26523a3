import { failure } from '@symphainy/contracts';
import type { SourceLine } from './copybook-source.js';

/** `word` covers keywords, names, numbers and picture strings; `period` ends an entry. */
export interface Token {
  readonly kind: 'word' | 'literal' | 'period';
  readonly text: string;
  readonly line: number;
}

const PIECE = /[A-Za-z]{0,2}'(?:[^']|'')*'|[A-Za-z]{0,2}"(?:[^"]|"")*"|[^\s'"]+|['"]/g;

/** Tokens of all lines. A period counts as the end of an entry only before white space, so `9(3).99` stays whole. */
export function tokenise(lines: readonly SourceLine[]): Token[] {
  return lines.flatMap((line) => [...line.text.matchAll(PIECE)].flatMap(([piece]) => pieceTokens(piece, line.number)));
}

function pieceTokens(piece: string, line: number): Token[] {
  if (piece === "'" || piece === '"') throw failure('copybook.syntax', { message: `line ${line}: a literal is not closed`, field: '/copybook', details: { line } });
  if (/['"]$/.test(piece)) return [{ kind: 'literal', text: piece, line }];
  if (/^[.,;]+$/.test(piece)) return piece.includes('.') ? [{ kind: 'period', text: '.', line }] : [];
  const ends = piece.endsWith('.');
  const text = piece.replace(/[.,;]+$/, '');
  return ends ? [{ kind: 'word', text, line }, { kind: 'period', text: '.', line }] : [{ kind: 'word', text, line }];
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
