import { connector as connectorSchema, failure } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { UnknownWriteError, type RowChange, type RowValues } from '@symphainy/ports';
import { testBed, type TestRun } from '@symphainy/realm-sdk/testing';
import { noConnectors } from './testing/no-connectors.js';
import { solutionRealm } from './solution.orchestrator.js';
import type { WriteDesk } from './external-writes.js';

const connector = connectorSchema.parse({
  kind: 'postgres', tenants: ['acme'], host: 'db.example', database: 'd', secret: 'CONNECTOR_READ', tables: [{ name: 'public.policies', columns: ['no', 'premium', 'line'], writable: ['no', 'premium'] }, { name: 'public.codes' }],
  writes: { secret: 'CONNECTOR_WRITE', receipts: 'public.receipts' },
});

/** A table in memory, written as the real one is: all or nothing, once for a key. */
function table(rows: { [no: string]: RowValues }) {
  const keys: string[] = [];
  const at = ({ no }: RowValues): RowValues | null => rows[no!] ?? null;
  const desk: WriteDesk = {
    look: (_connector, _name, wanted) => Promise.resolve(wanted.map(at)),
    write: (key, _connector, _name, changes: readonly RowChange[]) => {
      keys.push(key);
      if (key.startsWith('lost')) return Promise.reject(new UnknownWriteError('the connection broke'));
      const index = changes.findIndex(({ key: of, before }) => JSON.stringify(at(of)) !== JSON.stringify(before));
      if (index >= 0) return Promise.reject(failure('connector.row_changed', { field: `/changes/${index}` }));
      const written = changes.map(({ key: of, after }) => {
        const before = at(of);
        if (after === null) delete rows[of['no']!];
        else rows[of['no']!] = { ...(before ?? { no: null, premium: null, line: null }), ...of, ...after };
        return { key: of, before, after: at(of) };
      });
      return Promise.resolve({ at: '2026-11-30T08:00:00.000Z', rows: written });
    },
  };
  return { desk, rows, keys };
}

const start = () => table({ A: { no: 'A', premium: '10.00', line: 'home' }, B: { no: 'B', premium: '20.00', line: 'auto' } });
const run = (desk: WriteDesk, changes: Json, more: { [key: string]: Json } = {}): Promise<TestRun> =>
  testBed(solutionRealm({ ...noConnectors, ...desk }), { tools: { 'connector.settings': () => ({ connector }) as unknown as Json } }).attempt('solution.write_rows', { binding: 'policy-admin', table: 'public.policies', changes, reason: 'because', ...more });

describe('solution.write_rows', () => {
  it('a write - is previewed row by row as what differs, done under the effect’s key, and recorded with before and after', async () => {
    const { desk, rows, keys } = start();
    const told = await run(desk, [{ do: 'update', key: { no: 'A' }, values: { premium: '11.00' } }, { do: 'delete', key: { no: 'B' } }, { do: 'insert', key: { no: 'C' }, values: { premium: 5 } }]);
    expect(told.error).toBeUndefined();
    expect(told.previews['write']).toEqual({
      binding: 'policy-admin', table: 'public.policies', reason: 'because',
      rows: [
        { do: 'update', key: { no: 'A' }, columns: { premium: { before: '10.00', after: '11.00' } } },
        { do: 'delete', key: { no: 'B' }, columns: { no: { before: 'B', after: null }, premium: { before: '20.00', after: null }, line: { before: 'auto', after: null } } },
        { do: 'insert', key: { no: 'C' }, columns: { premium: { before: null, after: '5' } } },
      ],
    });
    expect(told.output).toMatchObject({ at: expect.any(String), rows: [{ before: { premium: '10.00' }, after: { premium: '11.00' } }, { before: { premium: '20.00' }, after: null }, { before: null, after: { premium: '5' } }] });
    expect([Object.keys(rows).sort(), keys.length]).toEqual([['A', 'C'], 1]);
    expect(told.events).toEqual([{ type: 'solution.rows_written', data: { binding: 'policy-admin', table: 'public.policies', rows: 3 } }]);
  });

  it.each<[string, Json, string, string]>([
    ['a column that may only be read', [{ do: 'update', key: { no: 'A' }, values: { line: 'x' } }], 'connector.not_allowed', '/changes/0'],
    ['a key that is changed', [{ do: 'update', key: { no: 'A' }, values: { no: 'Z' } }], 'connector.not_allowed', '/changes/0/values'],
    ['a row that there is not', [{ do: 'update', key: { no: 'A' }, values: { premium: '1' } }, { do: 'delete', key: { no: 'Q' } }], 'connector.row_changed', '/changes/1/key'],
    ['a row that there is already', [{ do: 'insert', key: { no: 'A' }, values: { premium: '1' } }], 'connector.row_changed', '/changes/0/key'],
  ])('%s - is refused before anybody is asked to approve it', async (_what, changes, code, field) => {
    const { desk, keys } = start();
    const told = await run(desk, changes);
    expect([told.error?.code, told.error?.field, told.previews, keys]).toEqual([code, field, {}, []]);
  });

  it('a table that nobody may write - is refused', async () => {
    expect((await run(start().desk, [{ do: 'delete', key: { code: 'x' } }], { table: 'public.codes' })).error?.code).toBe('connector.not_allowed');
  });

  it('a row that changed between the look and the write - is left as it is', async () => {
    const { desk, rows } = start();
    const look: WriteDesk['look'] = async (...asked) => {
      const found = await desk.look(...asked);
      rows['A'] = { no: 'A', premium: '99.00', line: 'home' };
      return found;
    };
    expect((await run({ ...desk, look }, [{ do: 'update', key: { no: 'A' }, values: { premium: '11.00' } }])).error?.code).toBe('connector.row_changed');
    expect(rows['A']!['premium']).toBe('99.00');
  });

  it('a connection that is lost around the commit - is an unknown effect, and never told as nothing done', async () => {
    const { desk } = start();
    const lost: WriteDesk = { ...desk, write: (_key, ...asked) => desk.write('lost', ...asked) };
    expect((await run(lost, [{ do: 'delete', key: { no: 'A' } }])).error?.code).toBe('effect.unknown');
  });
});
