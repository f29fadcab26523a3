import { zipSync, strToU8 } from 'fflate';
import { identify } from '../identify/identify.js';
import { normalise } from '../normalise/normalise.js';
import { readWhole } from '../../read-whole.js';

async function read(bytes: Uint8Array, filename?: string) {
  const { kind } = await identify({ bytes, copybook: false, filename });
  return normalise(await readWhole(kind as Exclude<typeof kind, 'mainframe'>, bytes, {}));
}

const GOOD = '{"id":1,"town":"Alden"}';

describe('NDJSON with lines that are no value - the others are read, and none is lost', () => {
  it('each such line - is told with its number, place, bytes and reason, and counted', async () => {
    const text = `${GOOD}\r\n\r\n{"id":2,"town":\r\n{"id":3,"town":"Köln"}\r\nnot at all\r\n{"id":4,"town":"Bo"}\r\n`;
    const { tables, failures, failure_counts } = await read(Buffer.from(text), 'permits.ndjson');
    expect(tables[0]!.rows).toEqual([[1, 'Alden'], [3, 'Köln'], [4, 'Bo']]);
    expect(tables[0]!.row_sources!.map(({ row, line, pointer }) => [row, line, pointer])).toEqual([[1, 1, '/0'], [2, 4, '/1'], [3, 6, '/2']]);
    expect(failures!.map(({ record, bytes_hex, reason }) => [record, Buffer.from(bytes_hex, 'hex').toString(), reason])).toEqual([[3, '{"id":2,"town":', 'a JSON line ends before its value does'], [5, 'not at all', 'a line is no JSON value']]);
    for (const { source, bytes_hex } of failures!) expect(Buffer.from(text).subarray(source!.byte_start, source!.byte_end).toString('hex')).toBe(bytes_hex);
    expect(failure_counts).toEqual({ 'a JSON line ends before its value does': 1, 'a line is no JSON value': 1 });
  });

  it('a long one - keeps its first bytes, and its whole place', async () => {
    const { failures } = await read(Buffer.from(`${GOOD}\n${GOOD}\n{"id":"${'x'.repeat(9_000)}\n`));
    expect([failures![0]!.bytes_hex.length / 2, failures![0]!.source!.byte_end! - failures![0]!.source!.byte_start!]).toEqual([4_096, 9_007]);
  });

  it('a file without a name - is NDJSON where most lines are values, else text', async () => {
    expect((await read(Buffer.from(`${GOOD}\n${GOOD}\n{"id":\n`))).kind).toBe('json');
    expect((await read(Buffer.from(`{"id":\n{"id":\n${GOOD}\n`))).kind).toBe('text');
  });

  it('its name alone - is enough for one value', async () => {
    expect(await read(Buffer.from(`{"id":\n{"id":\n${GOOD}\n`), 'a.jsonl')).toMatchObject({ kind: 'json', failure_counts: { 'a JSON line ends before its value does': 2 } });
  });

  it('within an archive - is told of that entry', async () => {
    const { failures, failure_counts } = await read(zipSync({ 'in/a.ndjson': strToU8(`${GOOD}\n{"id":\n${GOOD}\n`) }));
    expect([failures!.map(({ source }) => [source!.entry, source!.line]), failure_counts]).toEqual([[['in/a.ndjson', 2]], { 'a JSON line ends before its value does': 1 }]);
  });
});
