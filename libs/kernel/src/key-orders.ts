/** A member's key, and the text that stands before its value. */
export interface OrderedKey {
  readonly key: string;
  readonly label: string;
}

interface Node {
  readonly next: Map<string, Node>;
  order: readonly OrderedKey[] | undefined;
}

const KEYS_MAX = 32;
const KEY_LENGTH_MAX = 64;
/** Callers choose the keys of their payloads: what is remembered must not grow with them. */
const NODES_MAX = 8192;
const PLAIN_KEY = /^[ !#-[\]-~]*$/;

/**
 * Sorted orders of the key lists that were seen, in a tree by key: a record's keys come in the same few orders all the time, and sorting
 * them was a third of what a canonical text cost. Full, it is begun anew.
 */
export class KeyOrders {
  private root: Node = emptyNode();
  private nodes = 0;

  /** Undefined for lists that are not worth remembering, or whose keys need more than quotes. */
  of(keys: readonly string[]): readonly OrderedKey[] | undefined {
    if (keys.length > KEYS_MAX) return undefined;
    let node = this.root;
    for (const key of keys) {
      const next = node.next.get(key) ?? this.grow(node, key);
      if (next === undefined) return undefined;
      node = next;
    }
    return (node.order ??= [...keys].sort().map((key) => ({ key, label: `"${key}":` })));
  }

  private grow(node: Node, key: string): Node | undefined {
    if (key.length > KEY_LENGTH_MAX || key === 'toJSON' || !PLAIN_KEY.test(key)) return undefined;
    const grown = emptyNode();
    if (this.nodes >= NODES_MAX) {
      this.root = emptyNode();
      this.nodes = 0;
      // The branch that is being walked hangs on the old root, and goes with it.
    }
    this.nodes++;
    node.next.set(key, grown);
    return grown;
  }
}

const emptyNode = (): Node => ({ next: new Map(), order: undefined });
