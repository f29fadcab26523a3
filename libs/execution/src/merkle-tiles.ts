import { verify } from '@symphainy/kernel';
import { EMPTY_ROOT, nodeHash, rangeHash, subtreesOf, type LeafRange, type MerkleNode } from './merkle.js';

/**
 * A Merkle tree cut into tiles, as transparency logs store theirs (C2SP, tlog-tiles): a tile of level k holds the hashes of 256
 * neighbouring perfect subtrees of `256 ** k` leaves each. A full tile never changes; a growing tree carries only its unfinished tile of
 * each level, so appending costs the same at the first leaf and at the billionth.
 */
export const TILE_LEVELS = 8;
export const TILE_WIDTH = 2 ** TILE_LEVELS;
const HASH_BYTES = 32;

/** A tile's place. `level` counts in steps of TILE_LEVELS tree levels. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

export interface FullTile extends TilePlace {
  /** TILE_WIDTH hashes of 32 bytes, one after the other. */
  readonly hashes: Uint8Array;
}

/** The appendable end of a tree: its size, and per tile level the hashes of the tile that is not full yet. */
export class MerkleEdge {
  private constructor(
    private count: number,
    private readonly levels: Uint8Array[][],
  ) {}

  static empty(): MerkleEdge {
    return new MerkleEdge(0, []);
  }

  /** Reads what `bytes` wrote, for a tree of this size. */
  static read(size: number, bytes: Uint8Array): MerkleEdge {
    const levels: Uint8Array[][] = [];
    let at = 0;
    for (let rest = size; rest > 0; rest = Math.floor(rest / TILE_WIDTH)) {
      const hashes = Array.from({ length: rest % TILE_WIDTH }, (_, i) => Uint8Array.from(bytes.subarray(at + i * HASH_BYTES, at + (i + 1) * HASH_BYTES)));
      at += hashes.length * HASH_BYTES;
      levels.push(hashes);
    }
    verify(at === bytes.length, 'the edge of a tree has the hashes that its size asks for');
    return new MerkleEdge(size, levels);
  }

  get size(): number {
    return this.count;
  }

  /** The hashes of all unfinished tiles, lowest level first: at most 255 a level. */
  get bytes(): Uint8Array {
    return concatenated(this.levels.flat());
  }

  /** Adds a leaf by its hash; returns the tiles that it filled. */
  append(leaf: Uint8Array): FullTile[] {
    const filled: FullTile[] = [];
    let carried: Uint8Array | undefined = leaf;
    for (let level = 0; carried !== undefined; level++) {
      const tile = (this.levels[level] ??= []);
      tile.push(carried);
      carried = undefined;
      if (tile.length < TILE_WIDTH) break;
      filled.push({ level, index: Math.floor(this.count / TILE_WIDTH ** (level + 1)), hashes: concatenated(tile) });
      carried = perfectRoot(tile);
      this.levels[level] = [];
    }
    this.count++;
    return filled;
  }

  get root(): Uint8Array {
    return this.count === 0 ? EMPTY_ROOT : rangeHash({ from: 0, to: this.count }, (node) => this.hashAt(node));
  }

  /** A perfect subtree's hash, if all of it stands in an unfinished tile. */
  private hashAt(node: MerkleNode): Uint8Array {
    const { place, from, count } = inTile(node);
    const hashes = this.levels[place.level]?.slice(from, from + count) ?? [];
    verify(hashes.length === count, 'the root of a tree is made of unfinished tiles alone');
    return perfectRoot(hashes);
  }
}

/** Where in which tile a perfect subtree's hashes stand: `count` hashes (a power of two) from `from` on. */
export function inTile({ level, index }: MerkleNode): { place: TilePlace; from: number; count: number } {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const count = 2 ** (level % TILE_LEVELS);
  const first = index * count;
  return { place: { level: tileLevel, index: Math.floor(first / TILE_WIDTH) }, from: first % TILE_WIDTH, count };
}

/** The tiles that these ranges are hashed from, each once. */
export function tilesOf(ranges: readonly LeafRange[]): TilePlace[] {
  const places = ranges.flatMap(subtreesOf).map((node) => inTile(node).place);
  return [...new Map(places.map((place) => [keyOf(place), place])).values()];
}

/**
 * Hashes of ranges out of tiles: full ones as they were stored, and unfinished ones from the edge of a tree that has grown since (its
 * hashes only become more).
 */
export class TileHashes {
  private readonly tiles = new Map<string, Uint8Array>();

  constructor(full: readonly FullTile[], edge: { readonly size: number; readonly bytes: Uint8Array }) {
    let at = 0;
    for (let level = 0, rest = edge.size; rest > 0; level++, rest = Math.floor(rest / TILE_WIDTH)) {
      const length = (rest % TILE_WIDTH) * HASH_BYTES;
      this.tiles.set(keyOf({ level, index: Math.floor(rest / TILE_WIDTH) }), edge.bytes.subarray(at, at + length));
      at += length;
    }
    for (const tile of full) this.tiles.set(keyOf(tile), tile.hashes);
  }

  of(range: LeafRange): Uint8Array {
    return rangeHash(range, (node) => this.hashAt(node));
  }

  private hashAt(node: MerkleNode): Uint8Array {
    const { place, from, count } = inTile(node);
    const bytes = this.tiles.get(keyOf(place));
    verify(bytes !== undefined && bytes.length >= (from + count) * HASH_BYTES, `tile ${keyOf(place)} holds what is asked of it`);
    return perfectRoot(Array.from({ length: count }, (_, i) => bytes.subarray((from + i) * HASH_BYTES, (from + i + 1) * HASH_BYTES)));
  }
}

const keyOf = ({ level, index }: TilePlace): string => `${level}/${index}`;

/** The root over a power of two of hashes. */
function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!));
  return row[0]!;
}

function concatenated(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, i) => bytes.set(hash, i * HASH_BYTES));
  return bytes;
}
