import { preparsePolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import { verify } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';
import type { PolicySlice } from './policy-slices.js';

/** How many parsed policy sets the engine holds. It never lets go of a name, only replaces what stands under it, so names are reused. */
const SLOTS = 512;

const free = Array.from({ length: SLOTS }, (_, slot) => `slot-${slot}`);
const slotBySlice = new LRUCache<string, string>({ max: SLOTS, dispose: (slot) => void free.push(slot) });

/** The name under which the engine holds the slice, parsed; parses it first when it is not held. */
export function preparedPolicies(slice: PolicySlice): string {
  const held = slotBySlice.get(slice.id);
  if (held !== undefined) return held;
  const slot = takeSlot();
  const answer = preparsePolicySet(slot, { staticPolicies: { ...slice.texts } });
  verify(answer.type === 'success', 'policies of a compiled bundle parse');
  slotBySlice.set(slice.id, slot);
  return slot;
}

function takeSlot(): string {
  if (free.length === 0) slotBySlice.pop();
  const slot = free.pop();
  verify(slot !== undefined, 'evicting a slice frees its slot');
  return slot;
}
