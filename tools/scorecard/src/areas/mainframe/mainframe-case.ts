/** Cases of a mainframe corpus: what its index says in words, as options of the reader. */
import type { MainframeOptions } from '@symphainy/realm-content';
import type { Corpus } from '../../area.js';

/** An entry of `mainframe/cases.json`. */
export interface MainframeCase {
  readonly id: string;
  readonly copybook?: string;
  readonly layout?: string;
  readonly data: string;
  readonly expected: string;
  readonly record: string;
  readonly text: string;
  readonly features?: readonly string[];
  readonly notes?: string;
}

export const FOLDER = 'mainframe';

export function casesOf(corpus: Corpus): MainframeCase[] {
  const index = `${FOLDER}/cases.json`;
  if (!corpus.has(index)) return [];
  const { cases } = JSON.parse(corpus.text(index)) as { cases: MainframeCase[] };
  const byId = new Map(cases.map((one) => [one.id, one]));
  return cases.map((one) => {
    const like = byId.get(/^as (\S+?)[;,.]?$/.exec(one.record.trim())?.[1] ?? '');
    return like ? { ...one, record: like.record } : one;
  });
}

/** Notes of a case that refer to another (`as cobrix-3 without trimming`) take that one's along. */
export function wordsOf(one: MainframeCase, all: readonly MainframeCase[]): string {
  const own = [one.notes ?? '', ...(one.features ?? [])].join('; ');
  const like = all.find((other) => other.id === /\bas (?:in )?([a-z]+-[a-z0-9-]+)/.exec(one.notes ?? '')?.[1]);
  return like === undefined || like === one ? own : `${like.notes ?? ''}; ${own}`;
}

export function optionsOf(one: MainframeCase, words: string): MainframeOptions {
  return { ...recordOptions(one.record), ...textOptions(one.text, words), ...segmentOptions(words) };
}

function recordOptions(record: string): MainframeOptions {
  const number = (pattern: RegExp): number | undefined => (pattern.exec(record) === null ? undefined : Number(pattern.exec(record)![1]));
  const around = {
    record_prefix_bytes: number(/first (\d+)/), record_suffix_bytes: number(/last (\d+)/), header_bytes: number(/(\d+)-byte file header/), trailer_bytes: number(/(\d+)-byte file trailer/),
  };
  if (/self-delimiting/.test(record)) return { ...around, record_format: 'self_delimiting' };
  if (/^(text|line)/.test(record)) return { ...around, record_format: 'text' };
  if (/^length field (\S+)/.test(record)) return { ...around, record_format: 'length_field', length_field: /^length field ([^\s,]+)/.exec(record)![1]! };
  if (!/variable/.test(record)) return { ...around, record_length: number(/fixed, (\d+) bytes/) };
  const word = { endian: /little-endian/.test(record) ? ('little' as const) : ('big' as const), inclusive: !/does not count|not inclusive|exclusive/.test(record) };
  return { ...around, record_format: /block/.test(record) ? 'variable_blocked' : 'variable', rdw: word, ...(/block/.test(record) ? { bdw: word } : {}) };
}

function textOptions(text: string, words: string): MainframeOptions {
  const page = /cp\d+/.exec(text)?.[0] ?? (/^ASCII/.test(text) ? 'ascii' : 'cp037');
  return {
    code_page: page,
    ...(/untrimmed|without trimming|no trimming/.test(words) ? { trim: 'none' as const } : {}),
    ...(page === 'ascii' ? { controls: 'keep' as const } : {}),
    ...(/IEEE/.test(words) ? { floats: 'ieee' as const } : {}),
  };
}

/** `SEGMENT_ID C -> COMPANY, P -> PERSON`, or `SEGMENT_ID C or D shows STATIC-DETAILS, P shows CONTACTS`, or `CLIENT-TYPE 0 -> HEADER`. */
function segmentOptions(words: string): MainframeOptions {
  const field = /\b([A-Z][A-Z0-9_-]*[A-Z0-9])\s+\S+(?: or \S+)* (?:->|shows)/.exec(words)?.[1];
  if (field === undefined) return {};
  const groups: Record<string, string> = {};
  for (const [, values, group] of words.matchAll(/\b(\S+(?: or \S+)*) (?:->|shows) ([A-Z0-9_-]+)/g)) for (const value of values!.split(' or ')) groups[value] = group!;
  return { segments: { field: field.replaceAll('_', '-'), groups } };
}

/** The rows that the expected result is of, in its order. */
export function selectRows<T extends { readonly [name: string]: unknown }>(rows: readonly T[], words: string): T[] {
  const only = /only records whose (\S+) is (\S+?)[;,.]/.exec(`${words};`);
  const order = /ordered by ([A-Z_a-z0-9]+)(?: then ([A-Z_a-z0-9]+))?/.exec(words);
  const first = /\bfirst (\d+)/.exec(words);
  let chosen = only ? rows.filter((row) => row[only[1]!] === only[2]) : [...rows];
  if (order) chosen = chosen.filter((row) => row[order[1]!] !== undefined).sort((a, b) => inOrder(a, b, [order[1]!, order[2]].filter((name) => name !== undefined)));
  if (first) chosen = chosen.slice(0, Number(first[1]));
  return chosen;
}

function inOrder(a: { readonly [name: string]: unknown }, b: { readonly [name: string]: unknown }, names: readonly string[]): number {
  for (const name of names) {
    const [left, right] = [String(a[name]), String(b[name])];
    const numbers = typeof a[name] === 'number' || /^-?\d+\.\d+$/.test(left);
    const difference = numbers ? Number(left) - Number(right) : left < right ? -1 : left > right ? 1 : 0;
    if (difference !== 0) return difference;
  }
  return 0;
}
