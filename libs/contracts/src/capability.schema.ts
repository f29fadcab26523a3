import { z } from 'zod';
import { intentType, jsonObject, realmName, sha256Digest, stepName } from './words.js';

/** Retry of a step: exponential backoff with full jitter between half the delay and the delay, capped. Jitter is recorded, never recomputed. */
export const retryPolicy = z.object({
  /** Attempts in all, the first included. Default 3. */
  max_attempts: z.number().int().min(1).max(100).default(3),
  /** Delay before the second attempt. Default 200 ms. */
  initial_delay_ms: z.number().int().min(0).max(3_600_000).default(200),
  /** Each further delay is the last times this. Default 2. */
  multiplier: z.number().min(1).max(10).default(2),
  /** No delay is longer. Default 30 s. */
  max_delay_ms: z.number().int().min(0).max(86_400_000).default(30_000),
  /** Codes that end the step at once, whatever the error says of itself. */
  non_retryable_codes: z.array(z.string().max(120)).max(50).default([]),
});
export type RetryPolicy = z.infer<typeof retryPolicy>;

const stepCommon = {
  name: stepName,
  /** The step ends as failed (`step.timeout`, retryable) when an attempt has no result after this long. Default 60 s. */
  timeout_ms: z.number().int().min(10).max(7 * 86_400_000).default(60_000),
  retry: retryPolicy.prefault({}),
  /** Earlier steps whose outputs this one receives; default: the step before it. */
  needs: z.array(stepName).max(50).optional(),
};

/** A handler in the capability's realm. */
export const taskStep = z.object({ kind: z.literal('task'), ...stepCommon });
/** Waits for a command from outside (an upload's completion, an approval) whose data becomes the step's result. */
export const signalStep = z.object({ kind: z.literal('signal'), ...stepCommon, signal: z.string().max(80) });
/** Submits another intent of the same session; its result's output becomes the step's. The payload is the output of `payload_from` (default: the intent's payload). */
export const childStep = z.object({ kind: z.literal('child'), ...stepCommon, intent_type: intentType, payload_from: stepName.optional() });

export const sagaStep = z.discriminatedUnion('kind', [taskStep, signalStep, childStep]);
export type SagaStep = z.infer<typeof sagaStep>;

/** A saga as data: steps in order. Versioned by the hash of its canonical form. */
export const sagaDefinition = z.object({ name: intentType, steps: z.array(sagaStep).min(1).max(200) });
export type SagaDefinition = z.infer<typeof sagaDefinition>;

export const determinism = z.enum(['deterministic', 'grounded', 'expert']);

/** What a realm can do for an intent: one entry point, its contracts, and what its children may use. */
export const capability = z.object({
  /** Equals the intent type it serves. */
  name: intentType,
  /** The realm whose services run its steps. */
  realm: realmName,
  /** The saga's name: the one entry point. */
  handler: intentType,
  version: z.string().max(40).regex(/^\d+\.\d+\.\d+$/, 'must be a semantic version'),
  description: z.string().max(1000).default(''),
  /** JSON Schema (2020-12) of the payload. A string with `"format": "data-reference"` names an artifact that the steps may hydrate. */
  input_contract: jsonObject,
  /** JSON Schema of the last step's output. */
  output_contract: jsonObject,
  determinism,
  /** Intent types that child steps may use. */
  children: z.array(intentType).max(100).default([]),
  /** Runtime tools its handlers may call. */
  tools: z.array(z.string().max(80)).max(50).default([]),
});
export type Capability = z.infer<typeof capability>;

/** A capability as registered: with its saga and the saga's content hash. */
export const registeredCapability = capability.extend({ saga: sagaDefinition, saga_hash: sha256Digest });
export type RegisteredCapability = z.infer<typeof registeredCapability>;
