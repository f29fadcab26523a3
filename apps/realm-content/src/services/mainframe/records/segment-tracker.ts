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
    // what belonged to an earlier record of this group, at whatever depth, has no successor there
    for (const under of groupsUnder(segment, this.parents)) this.newest.delete(under);
    return parent === undefined ? undefined : this.newest.get(parent);
  }

  state(): Record<string, number> {
    return Object.fromEntries(this.newest);
  }
}

/** Groups that belong to a group, at whatever depth. `parents`: group → group. */
export function groupsUnder(group: string, parents: ReadonlyMap<string, string>): ReadonlySet<string> {
  const under = new Set<string>();
  const add = (above: string): void => {
    for (const [child, parent] of parents) if (parent === above && child !== group && !under.has(child)) (under.add(child), add(child));
  };
  add(group);
  return under;
}
