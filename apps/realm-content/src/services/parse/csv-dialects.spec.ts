import { identify } from '../identify/identify.js';
import { normalise } from '../normalise/normalise.js';
import { parseCsv } from './parse-csv.js';

const read = async (bytes: Uint8Array) => {
  const { tables, metadata, blocks } = await normalise(await parseCsv(bytes, {}));
  return { columns: tables[0]!.columns.map(({ name }) => name), rows: tables[0]!.rows, metadata, said: blocks.filter(({ type }) => type !== 'table').map(({ text }) => text), bytes: tables[0]!.row_sources!.map(({ byte_start, byte_end }) => Buffer.from(bytes.subarray(byte_start, byte_end)).toString('latin1')) };
};
const kindOf = async (bytes: Uint8Array, filename?: string) => (await identify({ bytes, copybook: false, filename })).kind;

describe('delimiters - told by the content, with and without a name', () => {
  it.each([[',', ','], [';', ';'], ['\t', '\\t'], ['|', '|'], ['^', '^'], ['~', '~'], ['\u0001', '\\x01'], ['\u001f', '\\x1f']])('%j', async (delimiter, shown) => {
    const bytes = Buffer.from(['id', 'name', 'total', '\n1', 'Ada', '2.5', '\n2', 'Bo', '3'].join(delimiter).replaceAll(`${delimiter}\n`, '\n'));
    expect([await kindOf(bytes), await kindOf(bytes, 'a.csv')]).toEqual(['csv', 'csv']);
    expect(await read(bytes)).toMatchObject({ columns: ['id', 'name', 'total'], rows: [[1, 'Ada', '2.5'], [2, 'Bo', '3']], metadata: { delimiter: shown } });
  });

  it('colons - of many fields; of few where the name says so; times, pairs and addresses are none', async () => {
    const passwd = Buffer.from('root:x:0:0:root:/root:/bin/bash\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\n');
    expect([await kindOf(passwd), (await read(passwd)).rows[1]]).toEqual(['csv', ['bin', 'x', 2, 2, 'bin', '/bin', '/usr/sbin/nologin']]);
    expect((await read(Buffer.from('name:age:town\nAda:36:London\nBo:40:Paris, France\n'))).rows).toEqual([['Ada', 36, 'London'], ['Bo', 40, 'Paris, France']]);
    expect([await kindOf(Buffer.from('Name: Ada\nTown: Bo\n')), await kindOf(Buffer.from('10:30:00\n11:45:00\n'))]).toEqual(['text', 'text']);
    expect((await read(Buffer.from('1,10:30:00\n2,11:45:00\n'))).rows).toEqual([[1, '10:30:00'], [2, '11:45:00']]);
    expect((await read(Buffer.from('http://a.example\nhttp://b.example\n'))).columns).toHaveLength(1);
  });
});

describe('quotes, comments and headings', () => {
  it('quotes escaped by doubling and by backslashes in one file', async () => {
    expect((await read(Buffer.from('id,said\n1,"a ""doubled"" word"\n2,"a \\"marked\\" word, yes"\n3,"a \\\\ b"\n'))).rows).toEqual([[1, 'a "doubled" word'], [2, 'a "marked" word, yes'], [3, 'a \\ b']]);
  });

  it('comments within the table, where some stand before it - are text; a row that begins with a number sign is one', async () => {
    expect(await read(Buffer.from('# by a tool\nid,name\n#1,a\n# two, so far\n#2,b\n# end\n'))).toMatchObject({ columns: ['id', 'name'], rows: [['#1', 'a'], ['#2', 'b']], said: ['by a tool', 'two, so far', 'end'] });
    expect((await read(Buffer.from('id,name\n# 1,a\n# 2,b\n'))).rows).toEqual([['# 1', 'a'], ['# 2', 'b']]);
  });

  it('rows of words without a heading - none is taken for one', async () => {
    expect(await read(Buffer.from('Ada,London,GB\nBo,Paris,FR\nCy,London,GB\n'))).toMatchObject({ columns: ['column_1', 'column_2', 'column_3'], rows: [['Ada', 'London', 'GB'], ['Bo', 'Paris', 'FR'], ['Cy', 'London', 'GB']] });
  });
});

describe('encodings - told by the content, and each row names its bytes', () => {
  it('ISO 8859-15 - by its euro sign, and by letters that no other reading has', async () => {
    const latin9 = (text: string): Uint8Array => Buffer.from(text.replaceAll('€', '\u00a4').replaceAll('Š', '\u00a6').replaceAll('œ', '\u00bd').replaceAll('Œ', '\u00bc'), 'latin1');
    for (const [cell, written] of [['Ünal 5 €', 'Ünal 5 \u00a4'], ['Škoda', '\u00a6koda'], ['cœur', 'c\u00bdur']] as const) {
      const found = await read(latin9(`id,name\n1,${cell}\n`));
      expect([found.metadata['encoding'], found.rows, found.bytes]).toEqual(['iso-8859-15', [[1, cell]], [`1,${written}`]]);
    }
  });

  it('Windows-1252 - keeps its quotes, dashes, euro signs and fractions', async () => {
    const found = await read(Buffer.from('id,name\n1,\u0093q\u0094 \u0096 5 \u0080\n2,1\u00bd cups\n', 'latin1'));
    expect([found.metadata['encoding'], found.rows]).toEqual(['windows-1252', [[1, '“q” – 5 €'], [2, '1½ cups']]]);
    expect((await read(Buffer.from('id,name\n1,\u00bd cup caf\u00e9\n', 'latin1'))).rows).toEqual([[1, '½ cup café']]);
  });

  it('UTF-16 without its mark, letters of other alphabets among it', async () => {
    const bytes = Buffer.from('id,name,town\n1,Zoë,Łódź\n2,Ada,London\n', 'utf16le');
    for (const one of [bytes, Buffer.from(bytes).swap16()]) expect([await kindOf(one, 'a.csv'), (await read(one)).rows]).toEqual(['csv', [[1, 'Zoë', 'Łódź'], [2, 'Ada', 'London']]]);
  });
});
