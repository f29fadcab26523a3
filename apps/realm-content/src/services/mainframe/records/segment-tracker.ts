/** Which record a segment belongs to: the newest before it of its parent's group. Known by group and number alone, so that a part of a file can go on from where the one before it ended. */
export class SegmentTracker {
  private readonly newest: Map<string, number>;
  private readonly parents: ReadonlyMap<string, string>;

  /** `parents`: group → group; `newest`: as `state()` gave it. */
  constructor(parents: Readonly<Record<string, string>> = {}, newest: Readonly<Record<string, number>> = {}) {
    this.parents = new Map(Object.entries(parents).map(([child, parent]) => [child.toUpperCase(), parent.toUpperCase()]));
    this.newest = new Map(Object.entries(newest));
  }

  get needed(): boolean {
    return this.parents.size > 0;
  }

  /** Notes the record of a segment and answers its parent's number; undefined: it has none. */
  parentOf(segment: string | undefined, record: number): number | undefined {
    if (segment === undefined || this.parents.size === 0) return undefined;
    const parent = this.parents.get(segment);
    this.newest.set(segment, record);
    // what belonged to an earlier record of this group has no successor there
    for (const [child, above] of this.parents) if (above === segment) this.newest.delete(child);
    return parent === undefined ? undefined : this.newest.get(parent);
  }

  state(): Record<string, number> {
    return Object.fromEntries(this.newest);
  }
}

/** Records as trees: children stand under their parents, in file order. A record whose parent is not there is a root. */
export function assembled<T>(rows: Iterable<{ readonly record: number; readonly parent: number | undefined } & T>): { readonly root: T; readonly children: unknown[] }[] {
  const nodes = new Map<number, { root: T; children: unknown[] }>();
  const roots: { root: T; children: unknown[] }[] = [];
  for (const row of rows) {
    const node = { root: row as T, children: [] };
    nodes.set(row.record, node);
    const above = row.parent === undefined ? undefined : nodes.get(row.parent);
    (above?.children ?? roots).push(node);
  }
  return roots;
}
