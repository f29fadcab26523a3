import { preparsePolicySet, type PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { verify } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';

/** Policies by their ids, and a name that says which they are. */
export interface NamedPolicies {
  readonly id: string;
  readonly policies: Readonly<Record<string, string | PolicyJson>>;
}

export interface PreparedLimits {
  /** What the names of sets begin with. */
  readonly prefix: string;
  /** Sets held at once. */
  readonly sets: number;
  /** Policies held at once, in all sets. */
  readonly policies: number;
}

/** Holds policy sets in the engine, parsed: answers under which name, and parses first what is not held. The engine never lets go of a name, only replaces what stands under it, so names are reused. */
export function holdPolicies(limits: PreparedLimits): (set: NamedPolicies) => string {
  const free: string[] = [];
  let named = 0;
  const nameById = new LRUCache<string, string>({ max: limits.sets, maxSize: limits.policies, dispose: (name) => free.push(emptied(name)) });
  return ({ id, policies }) => {
    const held = nameById.get(id);
    if (held !== undefined) return held;
    const name = free.pop() ?? `${limits.prefix}-${named++}`;
    const answer = preparsePolicySet(name, { staticPolicies: { ...policies } });
    verify(answer.type === 'success', 'policies of a compiled bundle parse');
    nameById.set(id, name, { size: Math.min(limits.policies, 1 + Object.keys(policies).length) });
    return name;
  };
}

/** At once, so that its memory is free before somebody takes the name. */
function emptied(name: string): string {
  preparsePolicySet(name, { staticPolicies: {} });
  return name;
}

export const preparedPolicies = holdPolicies({ prefix: 'slice', sets: 8_192, policies: 100_000 });
