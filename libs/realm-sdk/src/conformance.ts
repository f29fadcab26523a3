import { registeredCapability } from '@symphainy/contracts';
import { canonicalJson, hashOf, type Json } from '@symphainy/kernel';
import type { RealmDefinition } from './realm-definition.js';
import { testBed, type TestBedOptions, type TestRun } from './test-bed.js';

export interface ConformanceCase {
  readonly intent: string;
  readonly payload: { [key: string]: Json };
  readonly bed: TestBedOptions;
}

/** What every realm owes the Runtime: registrations that fit their contract, and deterministic capabilities that are. */
export function realmConformance(realm: RealmDefinition, cases: readonly ConformanceCase[]): void {
  describe(`realm ${realm.realm} - conformance`, () => {
    it.each(realm.describe().map((c) => [c.name, c] as const))('%s - its registration fits the contract and its saga hash', (_name, described) => {
      expect(registeredCapability.parse(described)).toEqual(described);
      expect(described.saga_hash).toBe(hashOf(described.saga));
    });

    it.each(cases.map((c) => [c.intent, c] as const))('%s - every handler gives the same twice, byte for byte; a difference is named by step and field', async (_intent, given) => {
      const runs = [await testBed(realm, given.bed).run(given.intent, given.payload), await testBed(realm, given.bed).run(given.intent, given.payload)] as const;
      expect(differencesOf(...runs)).toEqual([]);
      expect(runs[0].artifacts.length).toBeGreaterThan(0);
    });
  });
}

/** Where two runs of a saga differ: `<step>: <what>`, in the order of the steps. */
function differencesOf(first: TestRun, second: TestRun): string[] {
  const same = (one: unknown, other: unknown): boolean => canonicalJson(one ?? null) === canonicalJson(other ?? null);
  const outputs = [...new Set([...Object.keys(first.outputs), ...Object.keys(second.outputs)])].filter((step) => !same(first.outputs[step], second.outputs[step]));
  const ids = [...new Set([...first.artifacts, ...second.artifacts].map((artifact) => artifact.artifact_id))];
  const made = (run: TestRun, id: string): unknown => run.artifacts.find((artifact) => artifact.artifact_id === id);
  return [
    ...outputs.map((step) => `${step}: output`),
    ...ids.filter((id) => !same(made(first, id), made(second, id))).map((id) => `${id.split('/')[1] ?? ''}: artifact ${id.split('/')[2] ?? ''}`),
    ...(same(first.events, second.events) ? [] : ['events']),
    ...(same(first.state_changes, second.state_changes) ? [] : ['state changes']),
  ];
}
