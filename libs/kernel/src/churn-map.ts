interface Slot<V> {
  value: V | undefined;
}

/**
 * A map, in the order of insertion, for large values that come and go all the time.
 *
 * A `Map` full of deletions moves to a new table, and V8 lets the old table point to the new one and keep what stood in both. As soon as one of these tables is in the old
 * generation, a minor collection takes it for alive, and so every table after it with all that it ever held: nearly all that passes through is copied twice and promoted,
 * until a full collection. Here a table holds slots, and a deletion empties its slot: what the tables keep are keys.
 */
export class ChurnMap<V extends object> {
  private readonly slots = new Map<string, Slot<V>>();

  get size(): number {
    return this.slots.size;
  }

  get(key: string): V | undefined {
    return this.slots.get(key)?.value;
  }

  has(key: string): boolean {
    return this.slots.has(key);
  }

  /** A key that is there keeps its place. */
  set(key: string, value: V): void {
    const slot = this.slots.get(key);
    if (slot === undefined) this.slots.set(key, { value });
    else slot.value = value;
  }

  /** Takes the value out. */
  take(key: string): V | undefined {
    const slot = this.slots.get(key);
    if (slot === undefined) return undefined;
    const { value } = slot;
    slot.value = undefined;
    this.slots.delete(key);
    return value;
  }

  delete(key: string): boolean {
    return this.take(key) !== undefined;
  }

  clear(): void {
    for (const slot of this.slots.values()) slot.value = undefined;
    this.slots.clear();
  }

  keys(): IterableIterator<string> {
    return this.slots.keys();
  }

  *values(): IterableIterator<V> {
    for (const { value } of this.slots.values()) if (value !== undefined) yield value;
  }
}
