/** Single records with their result in braces: `{name=value, group={…}, table=[…]}`. */
import { openMainframe, rewriteRecords, type MainframeOptions } from '@symphainy/realm-content';
import { differences, nestedRow, type Nested } from './nested-rows.js';

export interface StatedVector {
  readonly id: string;
  readonly copybook: string;
  readonly hex: string;
  readonly expected: string;
}

/** Problems of one vector; an id that ends in Invalid wants a refusal. */
export async function vectorProblems(vector: StatedVector, copybook: string): Promise<string[]> {
  const bytes = Buffer.from(vector.hex, 'hex');
  const options: MainframeOptions = { record_length: bytes.length, tables: 'actual', binary_range: 'picture', ...requiredRange(vector.expected), ...(/\bDFHCOMMAREA\b/i.test(copybook) ? { record_name: 'DFHCOMMAREA' } : {}) };
  const file = openMainframe(copybook, bytes, options);
  const [row] = [...file.rows()];
  if (/invalid$/i.test(vector.id)) return row!.failures.length > 0 ? [] : [`${vector.id}: was not refused`];
  const again = await rewriteRecords(copybook, bytes, options);
  const rewritten = Buffer.compare(again.bytes, bytes) === 0 ? [] : [`${vector.id}: encoded back, the bytes are others`];
  return [...rewritten, ...differences(stated(vector.expected), nestedRow(file, row!, camelCase)).map((problem) => `${vector.id}${problem}`)];
}

/** A range that the origin's type demands and the copybook does not say: `Value … outside the required range [0, 99] … path: RECORD[1]/ITEM`. */
function requiredRange(expected: string): MainframeOptions {
  const told = /required range \[(-?\d+), (-?\d+)\].*variable path: \S*\/([A-Z0-9-]+)/.exec(expected);
  return told === null ? {} : { ranges: { [told[3]!]: { min: Number(told[1]), max: Number(told[2]) } } };
}

const camelCase = (name: string): string => name.toLowerCase().replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A group named `…Choice` stands for the alternatives under it; bytes that are shown by their address say nothing. */
function stated(text: string): Nested {
  let at = 0;
  const value = (): unknown => {
    if (text[at] === '{') return group();
    if (text[at] === '[' && !text.startsWith('[pos=', at)) return list();
    const end = text.slice(at).search(/[,}\]](?=\s|$|[,}\]])/);
    const word = text.slice(at, end < 0 ? undefined : at + end);
    at += word.length;
    return /^-?\d+(\.\d+)?(E-?\d+)?$/.test(word) ? { number: word } : word;
  };
  const list = (): unknown[] => {
    const items: unknown[] = [];
    for (at++; text[at] !== ']' && at < text.length; ) {
      items.push(value());
      if (text[at] === ',') at += 2;
    }
    at++;
    return items;
  };
  const group = (): Nested => {
    const members: Nested = {};
    for (at++; text[at] !== '}' && at < text.length; ) {
      const equals = text.indexOf('=', at);
      const name = text.slice(at, equals);
      at = equals + 1;
      if (text.startsWith('java.nio', at)) at = text.indexOf(']', at) + 1;
      else if (name.endsWith('Choice')) Object.assign(members, value());
      else members[name] = value();
      if (text[at] === ',') at += 2;
    }
    at++;
    return members;
  };
  const whole = group();
  for (const name of Object.keys(whole)) if (Array.isArray(whole[name]) && (whole[name] as unknown[]).every((item) => item === '')) delete whole[name];
  return whole;
}
