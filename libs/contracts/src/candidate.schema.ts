import { z } from 'zod';
import { intentType, jsonObject, sha256Digest, tenantId, userId } from './words.js';

/** A list of a governance bundle by its name (`tenants`, `policies`, …), or `bundles`. */
export const governanceList = z.string().max(60).regex(/^[a-z][a-z_]*$/, 'must be the name of a list');

/** One request put to the policies, and what must come of it. Tests stand beside the policies they hold, as files, and in the bundle. */
export const policyTest = z.strictObject({
  /** Unique among the tests of a bundle. */
  name: z.string().min(1).max(200),
  request: z.strictObject({
    caller: z.strictObject({
      tenant_id: tenantId,
      user_id: userId,
      /** Roles that a token brings; of an identity that the bundle knows its own count. */
      roles: z.array(z.string().max(80)).max(50).default([]),
      auth: z.enum(['api_key', 'jwt', 'service', 'dev_login']).default('api_key'),
    }),
    intent_type: intentType,
    classifications: z.array(z.string().max(60)).max(100).default([]),
    references: z.array(z.string().max(400)).max(100).default([]),
    /** Default: the caller's own session. */
    session_user_id: userId.optional(),
    /** Whether the executions that the intent names are the caller's own. Default true. */
    own_targets: z.boolean().optional(),
    /** Whether who asked for them is certainly another person than the caller. Default: the opposite of `own_targets`. */
    second_person: z.boolean().optional(),
  }),
  expect: z.strictObject({
    decision: z.enum(['permit', 'deny']),
    /** Ids that must be among the deciding policies: on a permit of all three roles, on a deny of those that deny. */
    policies: z.array(z.string().max(120)).max(100).optional(),
  }),
});
export type PolicyTest = z.infer<typeof policyTest>;

/** Puts an entry into a list, in the place of the one it is found by, or takes one out by its key. */
export const bundleChange = z.strictObject({ list: governanceList, put: jsonObject.optional(), remove: z.string().min(1).max(600).optional() }).refine((change) => (change.put === undefined) !== (change.remove === undefined), 'must either put or remove');
export type BundleChange = z.infer<typeof bundleChange>;

export const testReport = z.object({
  passed: z.number().int(),
  /** In the order of the tests; at most the first hundred. */
  failed: z.array(z.object({ name: z.string(), expected: z.string(), found: z.string() })),
  failures: z.number().int(),
});
export type TestReport = z.infer<typeof testReport>;

/** What is different between two bundles, list by list; lists that are equal are left out. */
export const bundleDiff = z.record(governanceList, z.object({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(z.object({ key: z.string(), /** JSON Pointers of what differs. */ fields: z.array(z.string()) })) }));
export type BundleDiff = z.infer<typeof bundleDiff>;

/** Many changes at once that wait to be put in force. */
export const candidate = z.object({
  candidate_id: z.string().max(80).regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be of a-z, 0-9, _ and -'),
  description: z.string().max(500).optional(),
  staged_by: z.string().max(300),
  /** What it was staged upon. */
  base: z.object({ version: z.number().int(), hash: sha256Digest }),
  changes: z.array(bundleChange).min(1).max(2000),
  /** How its tests, and those of the bundle, came out when it was staged. They run again before it is promoted. */
  tests: testReport,
});
export type Candidate = z.infer<typeof candidate>;
