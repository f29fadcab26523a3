import type { Artifact, DomainEvent, StateChange } from '@symphainy/contracts';
import type { Json, PlatformError } from '@symphainy/kernel';
import type { BedData } from './bed-objects.js';
import { BedRun } from './bed-run.js';
import type { RealmDefinition } from './realm-definition.js';
import type { StepResultInput } from './step-definition.js';

/** What one can give a bed: artifacts by id (bytes or JSON values), answers of tools, results of child intents, and what is signalled. */
export interface TestBedOptions extends BedData {
  readonly children?: Readonly<Record<string, (payload: Json) => Json>>;
  /** By the signal's name; a signal that is not given times out at once. */
  readonly signals?: Readonly<Record<string, StepResultInput>>;
}

export interface TestRun {
  readonly output: Json | undefined;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly artifacts: readonly Artifact[];
  readonly events: readonly DomainEvent[];
  readonly state_changes: readonly StateChange[];
  /** What effects with a preview said they would do, by step. */
  readonly previews: Readonly<Record<string, Json>>;
  /** Steps that were undone, in order; a map stands once for each of its chunks. */
  readonly compensated: readonly string[];
  /** What the saga failed with. */
  readonly error: PlatformError | undefined;
  /** Content of an artifact by name. */
  content(name: string): Json;
  bytes(name: string): Uint8Array;
}

export interface TestBed {
  /** Rejects with the error of the step that failed. */
  run(intentType: string, payload: { [key: string]: Json }): Promise<TestRun>;
  /** Resolves either way: `error` tells a failure, `compensated` what was undone. */
  attempt(intentType: string, payload: { [key: string]: Json }): Promise<TestRun>;
}

/**
 * Runs a realm's capabilities in memory, step after step, without a Runtime: for tests of what handlers return. No policy, no log, no retries (an item that fails is
 * dead), no approvals, and timers are due at once; branches run in the order they are written. When a step fails, what completed is undone in reverse order.
 */
export function testBed(realm: RealmDefinition, options: TestBedOptions = {}): TestBed {
  const attempt: TestBed['attempt'] = async (intentType, payload) => {
    const run = new BedRun(realm, options, intentType, payload);
    return toldOf(run, await run.run());
  };
  return {
    attempt,
    run: async (intentType, payload) => {
      const told = await attempt(intentType, payload);
      if (told.error !== undefined) throw told.error;
      return told;
    },
  };
}

const toldOf = (run: BedRun, error: PlatformError | undefined): TestRun => ({
  output: run.last === undefined ? undefined : run.outputs[run.last],
  outputs: run.outputs,
  artifacts: run.objects.artifacts,
  events: run.events,
  state_changes: run.changes,
  previews: run.previews,
  compensated: run.compensated,
  error,
  content: (name) => JSON.parse(Buffer.from(run.objects.bytesOf(run.objects.artifactNamed(name))).toString('utf8')) as Json,
  bytes: (name) => run.objects.bytesOf(run.objects.artifactNamed(name)),
});
