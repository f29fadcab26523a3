import { registeredCapability } from '@symphainy/contracts';
import { canonicalJson, hashOf, type Json } from '@symphainy/kernel';
import type { RealmDefinition } from './realm-definition.js';
import { testBed, type TestBedOptions } from './test-bed.js';

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

    it.each(cases.map((c) => [c.intent, c] as const))('%s - the same input gives the same artifacts, byte for byte', async (_intent, given) => {
      const runs = [await testBed(realm, given.bed).run(given.intent, given.payload), await testBed(realm, given.bed).run(given.intent, given.payload)];
      const shown = runs.map((run) => canonicalJson({ output: run.output, artifacts: run.artifacts, events: run.events, changes: run.state_changes }));
      expect(shown[1]).toBe(shown[0]);
      expect(runs[0]!.artifacts.length).toBeGreaterThan(0);
    });
  });
}
