/** Proofs of an append-only Merkle tree: RFC 6962, section 2.1 (hashes); RFC 9162, sections 2.1.3.2 and 2.1.4.2 (verification). */
import { hexBytes, sha256 } from './hashing.js';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export const leafHash = (bytes: string): Buffer => sha256(LEAF, bytes);
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);
const half = (n: number): number => Math.floor(n / 2);

export interface Tree {
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

export function provesInclusion(leaf: { readonly index: number; readonly hash: Uint8Array }, proof: readonly string[], tree: Tree): boolean {
  if (leaf.index >= tree.size) return false;
  let fn = leaf.index;
  let sn = tree.size - 1;
  let hash: Uint8Array = leaf.hash;
  for (const sibling of proof.map(hexBytes)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && Buffer.from(hash).toString('hex') === tree.root;
}

export function provesConsistency(earlier: Tree, later: Tree, proof: readonly string[]): boolean {
  if (earlier.size < 1 || earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && earlier.root === later.root;
  const isWholeSubtree = Number.isInteger(Math.log2(earlier.size));
  const [first, ...rest] = isWholeSubtree ? [earlier.root, ...proof] : proof;
  if (first === undefined) return false;
  let fn = earlier.size - 1;
  let sn = later.size - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let fr: Uint8Array = hexBytes(first);
  let sr: Uint8Array = fr;
  for (const sibling of rest.map(hexBytes)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(sibling, fr);
      sr = nodeHash(sibling, sr);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = nodeHash(sr, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && Buffer.from(fr).toString('hex') === earlier.root && Buffer.from(sr).toString('hex') === later.root;
}
