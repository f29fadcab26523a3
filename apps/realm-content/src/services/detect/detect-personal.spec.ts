import type { DraftBlock, DraftTable } from '../../model/draft-document.js';
import { detectPersonal } from './detect-personal.js';

const source = {} as DraftTable['source'];
const table = (names: string[], rows: (string | number | null)[][]): DraftTable => ({ name: 't', columns: names.map((name) => ({ name, type: 'string' })) as DraftTable['columns'], rows, row_sources: [], source });
const text = (content: string): DraftBlock => ({ type: 'paragraph', text: content, source }) as DraftBlock;
const found = (tables: DraftTable[], ...texts: string[]): unknown => {
  const detected = detectPersonal({ tables, blocks: texts.map(text) });
  return detected && [detected.classification, ...detected.findings.map(({ detector, where, hits, values }) => `${detector} ${where} ${hits}/${values}`)];
};

describe('personal data in a file', () => {
  it('a column of it - is found by its name or its form, and named; one odd value makes no column personal', () => {
    expect(found([table(['id', 'insured_name', 'e-mail'], [[1, 'Ada Lovelace', 'ada@example.org'], [2, 'Bob Kahn', null]])])).toEqual(['personal', 'person_name /tables/0/rows/*/insured_name 2/2', 'email /tables/0/rows/*/e-mail 1/1']);
    expect(found([table(['note'], [['call ada'], ['ask bob'], ['ada@example.org']])])).toBeUndefined();
  });

  it.each([
    ['write to ada.lovelace@example.org today', 'personal', 'email'],
    ['SSN 078-05-1120 on file', 'restricted', 'us_ssn'],
    ['card 4111 1111 1111 1111, exp 12/30', 'restricted', 'payment_card'],
    ['account DE89 3704 0044 0532 0130 00.', 'restricted', 'iban'],
    ['phone +44 20 7946 0958', 'personal', 'phone'],
  ])('text that says %s - is %s', (said, classification, detector) => {
    expect(found([], said)).toEqual([classification, `${detector} /blocks/*/text 1/1`]);
  });

  it('what only looks like it - is not: no check digit, never issued, a part number', () => {
    expect(found([], 'card 4111 1111 1111 1112', 'SSN 666-05-1120', 'part 4111111111111111', 'DE00 3704 0044 0532 0130 00', 'see section 12-34-5678')).toBeUndefined();
  });

  it('a long table - is looked at over its whole length', () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => [i < 2_000 ? '-' : 'ada@example.org']);
    expect(found([table(['contact'], rows)])).toEqual(['personal', 'email /tables/0/rows/*/contact 600/1000']);
  });
});
