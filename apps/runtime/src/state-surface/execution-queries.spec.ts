import type { Caller, WalRecord } from '@symphainy/contracts';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { ExecutionQueries } from './execution-queries.js';
import type { ExecutionReads } from './execution-reads.js';
import type { Settled } from './settled.js';

const caller: Caller = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' };
const execution_id = '01900000-0000-7000-8000-000000000001';
const at = '2026-01-01T00:00:00.000Z';
const stored = (seq: number, type: WalRecord['type']): StoredFrame => ({ tenantId: 'acme', streamId: execution_id, seq, kind: 'execution', at, hash: new Uint8Array(32), body: Buffer.from(JSON.stringify({ records: [{ type, at, actor: 'runtime:r' }] })), writer: 'r', n: seq + 1 });

describe('frames of an execution', () => {
  it('an execution that ends between two reads - its end is not told without its last frame', async () => {
    const log = [stored(0, 'saga_started')];
    const reads: Pick<ExecutionReads, 'frames' | 'view'> = {
      frames: (_tenant, _execution, fromSeq = 0) => Promise.resolve(log.filter((frame) => frame.seq >= fromSeq)),
      view: () => {
        log.push(stored(1, 'execution_completed'));
        return Promise.resolve({ view: { session_id: execution_id, status: 'completed', head: { seq: 1 } } } as unknown as Awaited<ReturnType<ExecutionReads['view']>>);
      },
    };
    const page = await new ExecutionQueries({} as Settled, reads as ExecutionReads).frames({ caller, execution_id, from_seq: 0, limit: 10 });
    expect([page.ended, page.frames.map((frame) => frame.seq)]).toEqual([true, [0, 1]]);
  });

  it.each([
    ['ends after the view was read', 'running', 0, ['saga_started', 'execution_failed'], true],
    ['is brought back after the view was read', 'failed', 1, ['saga_started', 'execution_failed', 'reopened'], false],
    ['ended once and goes on', 'running', 2, ['saga_started', 'execution_failed', 'reopened'], false],
  ] as const)('an execution that %s - is told as the last frame says', async (_what, status, seq, types, ended) => {
    const reads: Pick<ExecutionReads, 'frames' | 'view'> = {
      frames: () => Promise.resolve(types.map((type, i) => stored(i, type))),
      view: () => Promise.resolve({ view: { session_id: execution_id, status, head: { seq } } } as unknown as Awaited<ReturnType<ExecutionReads['view']>>),
    };
    const page = await new ExecutionQueries({} as Settled, reads as ExecutionReads).frames({ caller, execution_id, from_seq: 0, limit: 10 });
    expect(page.ended).toBe(ended);
  });

  it('frames that one answer cannot hold together - come on several pages, none left out, and the end only with the last', async () => {
    const large = (seq: number): StoredFrame => ({ ...stored(seq, seq === 4 ? 'execution_completed' : 'step_completed'), body: Buffer.from(JSON.stringify({ records: [{ type: seq === 4 ? 'execution_completed' : 'step_completed', output: 'x'.repeat(seq === 2 ? 950_000 : 400_000) }] })) });
    const log = [0, 1, 2, 3, 4].map(large);
    const reads: Pick<ExecutionReads, 'frames' | 'view'> = {
      frames: (_tenant, _execution, fromSeq, limit) => Promise.resolve(log.filter((frame) => frame.seq >= fromSeq).slice(0, limit)),
      view: () => Promise.resolve({ view: { session_id: execution_id, status: 'completed', head: { seq: 4 } } } as unknown as Awaited<ReturnType<ExecutionReads['view']>>),
    };
    const queries = new ExecutionQueries({} as Settled, reads as ExecutionReads);
    const pages: unknown[] = [];
    for (let from_seq = 0; from_seq < 5; ) {
      const page = await queries.frames({ caller, execution_id, from_seq, limit: 10 });
      pages.push([page.frames.map((frame) => frame.seq), page.ended, page.more ?? false]);
      expect(JSON.stringify(page).length).toBeLessThan(1_000_000);
      from_seq = page.frames.at(-1)!.seq + 1;
    }
    expect(pages).toEqual([[[0, 1], false, true], [[2], false, true], [[3, 4], true, false]]);
  });
});
