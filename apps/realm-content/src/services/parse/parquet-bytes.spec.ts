import { parquetWriteBuffer } from 'hyparquet-writer';
import { parseParquet } from './parse-parquet.js';

describe('Parquet - bytes and large numbers', () => {
  it('bytes that nothing is said of - are text where all of a column are UTF-8, else hexadecimal; none is lost', async () => {
    const bytes = (...texts: string[]): Uint8Array[] => texts.map((text) => new Uint8Array(Buffer.from(text, 'latin1')));
    const file = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'plain', data: bytes('Alden', 'Bo'), type: 'BYTE_ARRAY' }, { name: 'raw', data: bytes('\u00ff\u00fe', 'Bo'), type: 'BYTE_ARRAY' }] }));
    expect((await parseParquet(file)).tables[0]!.rows).toEqual([['Alden', 'fffe'], ['Bo', '426f']]);
  });

  it('whole numbers within nested values - are numbers, with all their digits', async () => {
    const file = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'ids', data: [[1n, 9007199254740993n]] }], schema: [{ name: 'root', num_children: 1 }, { name: 'ids', repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 }, { name: 'list', repetition_type: 'REPEATED', num_children: 1 }, { name: 'element', type: 'INT64', repetition_type: 'OPTIONAL' }] }));
    expect((await parseParquet(file)).tables[0]!.rows).toEqual([['[1,9007199254740993]']]);
  });
});
