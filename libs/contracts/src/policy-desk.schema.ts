/** Policies as their authors work on them: read in words, checked with places in their text, and tried with their tests before anything is staged. */
import { z } from 'zod';
import { bundleChange, bundleDiff } from './candidate.schema.js';
import { cedarPolicy } from './policy.schema.js';
import { sha256Digest, tenantId, timestamp } from './words.js';

/** Something wrong with a policy's text, and where: lines and columns from 1, columns in UTF-16 units as editors count them. */
export const policyProblem = z.object({
  /** The policy's id. */
  policy: z.string(),
  message: z.string(),
  help: z.string().optional(),
  line: z.number().int().min(1),
  column: z.number().int().min(1),
  end_line: z.number().int().min(1),
  end_column: z.number().int().min(1),
});
export type PolicyProblem = z.infer<typeof policyProblem>;

/** A policy with what it says. */
export const policyReading = cedarPolicy.extend({
  effect: z.enum(['permit', 'forbid']),
  /** The only tenant that its scope can match; absent: any. */
  tenant: tenantId.optional(),
  /** The actions that its scope names; none: all. */
  actions: z.array(z.string()),
  /** The whole policy as a sentence. What words do not cover is said to be in the text. */
  words: z.string(),
  /** Its `@reason`. */
  reason: z.string().optional(),
  /** The platform's own: it comes with its code and changes with it only. */
  standing: z.boolean(),
});
export type PolicyReading = z.infer<typeof policyReading>;

/** How one policy test came out. */
export const testOutcome = z.object({
  name: z.string(),
  passed: z.boolean(),
  expected: z.string(),
  found: z.string(),
  /** Absent when nothing could be decided: `found` says why. */
  decision: z.enum(['permit', 'deny']).optional(),
  /** The policies that decided: on a permit of all three roles, on a deny of those that deny. */
  policies: z.array(z.string()),
});
export type TestOutcome = z.infer<typeof testOutcome>;

const bundleInForce = z.object({ version: z.number().int(), hash: sha256Digest });

/** What is to be tried: changes as `governance.stage_bundle` takes them (none: the bundle as it is), or a candidate that is staged. */
export const policyTrialRequest = z.strictObject({ changes: z.array(bundleChange).max(2000).default([]), candidate_id: z.string().max(80).optional() });
export type PolicyTrialRequest = z.infer<typeof policyTrialRequest>;

/** What changes come to. While `problems` has any, nothing is tested. */
export const policyTrial = z.object({
  base: bundleInForce,
  problems: z.array(policyProblem),
  /** The policies that are put, as far as they can be read. */
  policies: z.array(policyReading),
  diff: bundleDiff,
  /** Every test of the bundle and of the changes, in their order; for a tenant's administrator those about its own callers. */
  tests: z.array(testOutcome),
});
export type PolicyTrial = z.infer<typeof policyTrial>;

/** A page of a bundle's policies, each with what it says. */
export const policyPage = z.object({ bundle: bundleInForce.extend({ created_at: timestamp }), policies: z.array(policyReading), next_cursor: z.string().optional() });
export type PolicyPage = z.infer<typeof policyPage>;
