/** Rows of a dataset as trees: records stand under the records that they belong to. */
import { failure } from '@symphainy/contracts';
import { limits } from '../../../model/limits.js';
import { groupsUnder } from '../records/segment-tracker.js';

const LINE_FEED = 0x0a;
const BLOCK_CHARACTERS = 256 * 1024;
/** What decoding writes first in each row. */
const ROW = /^\{"_record":(\d+),"_offset":\d+,"_length":\d+(?:,"_segment":("(?:[^"\\]|\\.)*"))?(?:,"_parent":(\d+))?/;

interface Node {
  readonly record: number;
  readonly segment: string | undefined;
  /** Its object without the closing brace. */
  readonly text: string;
  /** By their groups, each in file order. */
  readonly children: Map<string, Node[]>;
  /** The tree that it stands in. */
  readonly tree: { size: number; readonly root: number };
}

/**
 * Reads rows in file order and writes a tree a line as soon as nothing more can belong to it, so that only open trees are held: one for each group that others belong to and that belongs to none. A record without
 * a parent is a tree of its own. Rows stand in it as they are, with `_children` (group → rows) where others belong to them. Trees come in the order in which they end, which is that of their roots where all roots are of one
 * group. Errors: `content.too_large` where the open trees together are more than the limit.
 */
export class RecordTrees {
  trees = 0;
  records = 0;
  private readonly parents: ReadonlyMap<string, string>;
  /** Groups that others belong to. */
  private readonly owners: ReadonlySet<string>;
  /** The newest record of each group that others belong to. */
  private readonly newest = new Map<string, Node>();
  private held = 0;
  private out = '';

  /** `parents`: group → group. */
  constructor(
    parents: Readonly<Record<string, string>>,
    private readonly progress: (done: { records_done: number }) => void,
    private readonly most: number = limits.treeBytes,
  ) {
    this.parents = new Map(Object.entries(parents).map(([child, parent]) => [child.toUpperCase(), parent.toUpperCase()]));
    this.owners = new Set(this.parents.values());
  }

  async *lines(rows: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const line of linesOf(rows)) {
      this.row(line);
      if (this.out.length < BLOCK_CHARACTERS) continue;
      yield this.block();
      this.progress({ records_done: this.records });
    }
    for (const node of [...this.newest.values()].toSorted((a, b) => a.record - b.record)) this.close(node);
    if (this.out !== '') yield this.block();
  }

  private block(): Buffer {
    const block = Buffer.from(this.out, 'utf8');
    this.out = '';
    return block;
  }

  private row(line: string): void {
    const [, record, quoted, above] = ROW.exec(line) ?? [];
    if (record === undefined) throw new Error(`a line of the dataset is no row: ${line.slice(0, 40)}`);
    const segment = quoted === undefined ? undefined : (JSON.parse(quoted) as string);
    const parent = above === undefined ? undefined : this.parentOf(segment, Number(above));
    const tree = parent?.tree ?? { size: 0, root: Number(record) };
    const node: Node = { record: Number(record), segment, text: line.slice(0, -1), children: new Map(), tree };
    this.records++;
    this.holds(tree, line.length);
    if (parent !== undefined) (parent.children.get(segment!) ?? childrenOf(parent, segment!)).push(node);
    if (segment !== undefined && this.owners.has(segment)) this.succeed(segment, node);
    else if (parent === undefined) this.close(node);
  }

  private holds(tree: Node['tree'], more: number): void {
    tree.size += more;
    this.held += more;
    if (this.held <= this.most) return;
    throw failure('content.too_large', { message: `the records under record ${tree.root} come to more than ${this.most} bytes of rows`, field: '/trees', fix: 'decode without trees: each row names the record that it belongs to', details: { limit: this.most, record: tree.root } });
  }

  private parentOf(segment: string | undefined, record: number): Node {
    const parent = this.newest.get(this.parents.get(segment ?? '') ?? '');
    if (parent?.record !== record) throw new Error(`record ${record} is the parent of a row and not the newest of its group`);
    return parent;
  }

  /** A new record of a group ends what was open of it, and of all that belongs to it. */
  private succeed(group: string, node: Node): void {
    const ended = [group, ...groupsUnder(group, this.parents)].flatMap((one) => this.newest.get(one) ?? []);
    for (const one of ended.toSorted((a, b) => a.record - b.record)) {
      this.newest.delete(one.segment!);
      this.close(one);
    }
    this.newest.set(group, node);
  }

  /** Writes the tree of a root; a record within a tree waits for that. */
  private close(node: Node): void {
    if (node.tree.root !== node.record) return;
    this.out += `${written(node)}\n`;
    this.trees++;
    this.held -= node.tree.size;
  }
}

function childrenOf(node: Node, group: string): Node[] {
  const made: Node[] = [];
  node.children.set(group, made);
  return made;
}

function written({ text, children }: Node): string {
  if (children.size === 0) return `${text}}`;
  const groups = [...children].map(([group, nodes]) => `${JSON.stringify(group)}:[${nodes.map(written).join(',')}]`);
  return `${text},"_children":{${groups.join(',')}}}`;
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      held.push(chunk.subarray(from, at));
      yield Buffer.concat(held).toString('utf8');
      held = [];
      from = at + 1;
    }
    if (from < chunk.length) held.push(chunk.subarray(from));
  }
  if (held.length > 0) yield Buffer.concat(held).toString('utf8');
}
