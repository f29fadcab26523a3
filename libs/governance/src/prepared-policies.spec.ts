import { statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { holdPolicies } from './prepared-policies.js';

const sliceFor = (n: number, size = 1): { id: string; policies: Record<string, string> } => ({
  id: `slice-${n}`,
  policies: Object.fromEntries(Array.from({ length: size }, (_, i) => [`p${i}`, `permit(principal == User::"u${n}", action, resource);`])),
});

function permits(name: string, user: number): boolean {
  const answer = statefulIsAuthorized({ principal: { type: 'User', id: `u${user}` }, action: { type: 'Action', id: 'submit' }, resource: { type: 'Capability', id: 'c' }, context: {}, entities: [], preparsedPolicySetId: name });
  return answer.type === 'success' && answer.response.decision === 'allow';
}

describe('prepared policies', () => {
  it.each([['sets', { sets: 3, policies: 1_000 }, 1], ['policies', { sets: 1_000, policies: 13 }, 3]])('more %s than are held at once - every slice still decides by its own policies, under few names', (what, limits, size) => {
    const prepared = holdPolicies({ prefix: `spec-${what}`, ...limits });
    const names = new Set<string>();
    for (const n of [0, 1, 2, 3, 4, 5, 0, 5, 4, 3, 2, 1, 0]) {
      const name = prepared(sliceFor(n, size));
      names.add(name);
      expect([permits(name, n), permits(name, (n + 1) % 6)]).toEqual([true, false]);
    }
    expect(names.size).toBeLessThanOrEqual(4);
  });

  it('a slice beyond the limit by itself - is held all the same, and what was held before is let go: its name holds nothing', () => {
    const prepared = holdPolicies({ prefix: 'spec-large', sets: 10, policies: 4 });
    const small = prepared(sliceFor(1));
    const large = prepared(sliceFor(2, 9));
    expect([permits(large, 2), permits(small, 1)]).toEqual([true, false]);
  });
});
