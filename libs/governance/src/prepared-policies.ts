import { preparsePolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import { verify } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';
import type { PolicySlice } from './policy-slices.js';

export interface PreparedLimits {
  /** What the names of sets begin with. */
  readonly prefix: string;
  /** Sets held at once. */
  readonly sets: number;
  /** Policies held at once, in all sets. */
  readonly policies: number;
}

/** Holds slices in the engine, parsed: answers the name of a slice's set, and parses it first when it is not held. The engine never lets go of a name, only replaces what stands under it, so names are reused. */
export function holdPolicies({ prefix, sets, policies }: PreparedLimits): (slice: Pick<PolicySlice, 'id' | 'texts'>) => string {
  const free: string[] = [];
  let named = 0;
  const nameBySlice = new LRUCache<string, string>({ max: sets, maxSize: policies, dispose: (name) => free.push(emptied(name)) });
  return ({ id, texts }) => {
    const held = nameBySlice.get(id);
    if (held !== undefined) return held;
    const name = free.pop() ?? `${prefix}-${named++}`;
    const answer = preparsePolicySet(name, { staticPolicies: { ...texts } });
    verify(answer.type === 'success', 'policies of a compiled bundle parse');
    nameBySlice.set(id, name, { size: Math.min(policies, 1 + Object.keys(texts).length) });
    return name;
  };
}

/** At once, so that its memory is free before somebody takes the name. */
function emptied(name: string): string {
  preparsePolicySet(name, { staticPolicies: {} });
  return name;
}

export const preparedPolicies = holdPolicies({ prefix: 'slice', sets: 8_192, policies: 100_000 });
