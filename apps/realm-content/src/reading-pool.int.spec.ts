import { sha256Hex } from '@symphainy/kernel';
import { PDFDocument } from 'pdf-lib';
import { ReadingPool, type KeptJson } from './reading-pool.js';

const csv = (rows: number): Uint8Array => Buffer.from(`a,b\n${'one,two\n'.repeat(rows)}`);

const brought = (json: Uint8Array): KeptJson => ({ bytes: () => Promise.resolve(json) });

describe('processes that read - one file never takes the others with it', () => {
  it('memory - a file beyond it is refused with its code, and the next one is read', async () => {
    const pool = new ReadingPool({ memoryMib: 96, ms: 60_000 });
    try {
      await expect(pool.parse('csv', csv(600_000), {})).rejects.toMatchObject({ code: 'content.too_costly', message: expect.stringContaining('96 MiB') });
      const { counts } = await pool.normalise(brought((await pool.parse('csv', csv(3), {})).json));
      expect(counts).toMatchObject({ kind: 'csv', tables: 1, rows: 3 });
    } finally {
      await pool.end();
    }
  }, 60_000);

  it('time - a file beyond it is refused with its code, while another goes on', async () => {
    const pool = new ReadingPool({ memoryMib: 512, ms: 20_000 });
    const hasty = new ReadingPool({ memoryMib: 512, ms: 1 });
    try {
      const [late, read] = await Promise.allSettled([hasty.parse('csv', csv(400_000), {}), pool.parse('csv', csv(3), {})]);
      expect([late, read.status]).toMatchObject([{ reason: { code: 'content.too_costly' } }, 'fulfilled']);
    } finally {
      await Promise.all([pool.end(), hasty.end()]);
    }
  }, 60_000);

  it('failures and progress - cross from the process as what they are', async () => {
    const pool = new ReadingPool({ memoryMib: 512, ms: 60_000 });
    try {
      await expect(pool.parse('json', Buffer.from('{"a":'), {})).rejects.toMatchObject({ code: 'content.corrupt', field: '/source' });
      const file = await PDFDocument.create();
      for (let page = 0; page < 3; page++) file.addPage([100, 100]);
      const pages: number[] = [];
      await pool.parse('pdf', await file.save(), { progress: (done) => pages.push(done['page']!) });
      expect(pages.at(-1)).toBe(3);
    } finally {
      await pool.end();
    }
  }, 60_000);

  it('the same file in two processes - gives the same bytes', async () => {
    const [one, other] = [new ReadingPool({ memoryMib: 512, ms: 60_000 }), new ReadingPool({ memoryMib: 512, ms: 60_000 })];
    try {
      const results = await Promise.all([one, other].map(async (pool) => Buffer.from((await pool.normalise(brought((await pool.parse('csv', csv(50), {})).json))).json).toString('hex')));
      expect(results[0]).toBe(results[1]);
    } finally {
      await Promise.all([one.end(), other.end()]);
    }
  }, 60_000);

  it('what a process has just written - is fetched for the next step only when another file came between', async () => {
    const pool = new ReadingPool({ memoryMib: 512, ms: 60_000 });
    try {
      const { json } = await pool.parse('csv', csv(3), {});
      const parsed = { hash: sha256Hex(json), fetched: 0, bytes: () => Promise.resolve((parsed.fetched++, json)) };
      const made = await pool.normalise(parsed);
      expect(parsed.fetched).toBe(0);
      await pool.parse('csv', csv(5), {});
      expect(await pool.normalise(parsed)).toEqual(made);
      expect(parsed.fetched).toBe(1);
    } finally {
      await pool.end();
    }
  }, 60_000);

  it('a masked view - is read, though its process has kept what it was made of', async () => {
    const pool = new ReadingPool({ memoryMib: 512, ms: 60_000 });
    try {
      await pool.parse('csv', csv(3), {});
      const { json: masked } = await pool.parse('csv', csv(2), {});
      await pool.parse('csv', csv(3), {});
      expect((await pool.normalise(brought(masked))).counts.rows).toBe(2);
    } finally {
      await pool.end();
    }
  }, 60_000);
});
