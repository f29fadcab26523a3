import fc from 'fast-check';
import { SegmentTracker } from '../records/segment-tracker.js';
import { RecordTrees } from './record-trees.js';

const PARENTS = { B: 'A', C: 'B', D: 'A', E: 'D' };

interface Tree {
  readonly _record: number;
  readonly _parent?: number;
  readonly _children?: Record<string, Tree[]>;
}

/** Lines as decoding writes them, for records of these groups; `-`: of none. */
function rowsOf(groups: readonly string[]): string[] {
  const tracker = new SegmentTracker(PARENTS);
  return groups.map((group, at) => {
    const parent = tracker.parentOf(group === '-' ? undefined : group, at + 1);
    return `{"_record":${at + 1},"_offset":${at * 2},"_length":2${group === '-' ? '' : `,"_segment":"${group}"`}${parent === undefined ? '' : `,"_parent":${parent}`},"TEXT":"é}\\"${at}"}\n`;
  });
}

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function treesOf(rows: readonly string[], size = 1000): Promise<Tree[]> {
  let text = '';
  for await (const block of new RecordTrees(PARENTS, () => undefined).lines(inPieces(rows.join(''), size))) text += Buffer.from(block).toString();
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Tree);
}

const flat = (tree: Tree): Tree[] => [tree, ...Object.values(tree._children ?? {}).flatMap((nodes) => nodes.flatMap(flat))];
const bare = ({ _children, ...row }: Tree): unknown => row;

describe('trees of records - nothing lost, doubled or misplaced', () => {
  it('any order of groups, cut anywhere - the same rows, each under the one it names, a root where it names none', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('A', 'B', 'C', 'D', 'E', '-'), { maxLength: 40 }), fc.integer({ min: 1, max: 90 }), async (groups, size) => {
      const rows = rowsOf(groups);
      const trees = await treesOf(rows, size);
      expect(trees.flatMap(flat).toSorted((a, b) => a._record - b._record).map(bare)).toEqual(rows.map((row) => JSON.parse(row) as unknown));
      expect(trees.every((tree) => tree._parent === undefined)).toBe(true);
      for (const node of trees.flatMap(flat)) for (const child of Object.values(node._children ?? {}).flat()) expect(child._parent).toBe(node._record);
    }), { numRuns: 100 });
  });

  it('a tree is written when the next one begins, not when the file ends', async () => {
    const row = (record: number): string => `{"_record":${record},"_offset":0,"_length":2,"_segment":"A","TEXT":"${'x'.repeat(1000)}"}\n`;
    let asked = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(Buffer.from(row(++asked)));
    };
    const blocks = new RecordTrees(PARENTS, () => undefined).lines(endless());
    const written = Buffer.from((await blocks.next()).value as Uint8Array).toString().split('\n').slice(0, -1);
    expect(written.map((line) => (JSON.parse(line) as Tree)._record)).toEqual(Array.from({ length: asked - 1 }, (_, at) => at + 1));
    expect(asked).toBeLessThan(400);
    await blocks.return(undefined);
  });

  it('a tree that grows beyond the limit - is refused with its root, and does not take the memory', async () => {
    const rows = rowsOf(['A', ...Array.from({ length: 100 }, () => 'B')]);
    const reading = async (): Promise<void> => {
      for await (const block of new RecordTrees(PARENTS, () => undefined, 2_000).lines(inPieces(rows.join(''), 500))) void block;
    };
    await expect(reading()).rejects.toMatchObject({ code: 'content.too_large', details: { limit: 2_000, record: 1 } });
  });
});
