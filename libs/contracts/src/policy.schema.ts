import { z } from 'zod';
import { candidate, policyTest } from './candidate.schema.js';
import { dataGovernanceLists } from './data-governance.schema.js';
import { escalationLists } from './escalation.schema.js';
import { registeredCapability } from './capability.schema.js';
import { agentEntry, capabilityNotice, domainEntry, sagaRule, semanticSchema, solutionEntry, vocabulary } from './registry.schema.js';
import { grant } from './grant.schema.js';
import { intentType, jsonObject, sha256Digest, tenantId, timestamp, userId, uuid } from './words.js';

/** The three roles that judge an intent at its acceptance. */
export const verdictRole = z.enum(['security_guard', 'city_manager', 'data_steward']);

/** Security Guard: may this caller. City Manager: may this tenant. Data Steward: may this data. */
export const verdict = z.object({
  role: verdictRole,
  decision: z.enum(['permit', 'deny']),
  /** The ids of the policies that decided; empty on a default deny. */
  policies: z.array(z.string()),
  /** Why, in words; always present on a deny. */
  reason: z.string().optional(),
});
export type Verdict = z.infer<typeof verdict>;

/** One decision per intent, frozen into its execution: permit only when all three verdicts permit. */
export const policyDecision = z.object({
  decision: z.enum(['permit', 'deny']),
  verdicts: z.array(verdict).length(3),
  bundle_hash: sha256Digest,
  bundle_version: z.number().int().min(1),
});
export type PolicyDecision = z.infer<typeof policyDecision>;

/** One Cedar policy. The id appears in decisions. */
export const cedarPolicy = z.object({ id: z.string().min(1).max(120), role: verdictRole, text: z.string().min(1).max(20_000) });
export type CedarPolicy = z.infer<typeof cedarPolicy>;

/** A structural behaviour that policy turns on per tenant. */
export const policySwitch = z.enum(['off', 'observe', 'enforce']);

/** Structural behaviours, switched per tenant. */
export const tenantSwitches = z.object({
  idempotency: policySwitch.default('enforce'),
  auto_replay: policySwitch.default('off'),
  sla: policySwitch.default('off'),
  auto_healing: policySwitch.default('off'),
  retention: policySwitch.default('off'),
  /** Whether every effect wants an approval, whatever its step declares. Default `off`. */
  effect_approval: z.enum(['off', 'enforce']).optional(),
});

const timeZone = z.string().max(60).refine(isTimeZone, 'must be an IANA time zone, such as Europe/Berlin');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Traffic Cop's rules for one tenant. What is unset is not bounded. */
export const requestRate = z.object({
  max_per_s: z.number().min(0.01).max(1_000_000).optional(),
  /** Of each of the tenant's users and services. */
  max_per_s_per_caller: z.number().min(0.01).max(1_000_000).optional(),
});

export const trafficRules = z.object({
  /** Requests of any kind over all gateways; more are answered `request.rate_limited` before they are looked at. A second's worth may come at once. */
  requests: requestRate.optional(),
  sessions: z
    .object({
      /** A session older than this takes no more intents: it is closed. */
      max_age_s: z.number().int().min(60).optional(),
      /** A session without an intent for this long is closed. */
      idle_s: z.number().int().min(60).optional(),
    })
    .optional(),
  /** Bounds for single intent types, over all runtimes; beyond them submissions are answered with 429 before acceptance. */
  capabilities: z
    .array(z.object({
      capability: intentType,
      max_running: z.number().int().min(1).max(1_000_000).optional(),
      max_submissions_per_s: z.number().min(0.01).max(1_000_000).optional(),
    }))
    .max(200)
    .optional(),
  /** How many executions may begin in a day, over all runtimes; beyond them submissions are answered `tenant.quota_spent` until the next. Children count, though none is refused; governance, operations and uploads do not. */
  daily: z.object({ executions: z.number().int().min(1).max(1_000_000_000), /** Whose midnight begins a day. */ time_zone: timeZone.default('UTC') }).optional(),
});
export type TrafficRules = z.infer<typeof trafficRules>;

export const tenant = z.object({
  tenant_id: tenantId,
  name: z.string().max(200),
  status: z.enum(['active', 'suspended', 'closed']),
  switches: tenantSwitches.prefault({}),
  /** What the tenant may ask of the runtimes at once, all of them together. What is unset is as the runtimes' env says. */
  limits: z
    .object({
      /** Executions in memory; sleeping ones do not count. Submissions beyond it wait for their turn. */
      max_running_executions: z.number().int().min(1).max(1_000_000).optional(),
      /** Submissions that may wait; more are answered `tenant.overloaded`. */
      max_queued_submissions: z.number().int().min(0).max(100_000).optional(),
      /** More are answered `request.rate_limited`. Unset: no limit. */
      max_submissions_per_s: z.number().min(0.01).max(1_000_000).optional(),
    })
    .optional(),
  traffic: trafficRules.optional(),
  /** Largest upload. Default 512 MiB. */
  max_upload_bytes: z.number().int().min(1).default(512 * 1024 * 1024),
  /** Total bytes a tenant may upload; unset: no limit. */
  upload_quota_bytes: z.number().int().min(1).optional(),
  /** Ended executions older than this leave the log for the archive, where the switch `retention` says so; unset: they stay. */
  retention_days: z.number().int().min(1).max(36_500).optional(),
});
export type Tenant = z.infer<typeof tenant>;

/** A person or service known to Security Guard. */
export const identity = z.object({
  tenant_id: tenantId,
  user_id: userId,
  kind: z.enum(['person', 'service']),
  roles: z.array(z.string().max(80)).max(50),
  status: z.enum(['active', 'disabled']).default('active'),
  /** What else policies may read of it, as tags of the principal (`principal.getTag("email")`). */
  attributes: z.record(z.string().max(80).regex(/^[a-zA-Z][a-zA-Z0-9_]*$/, 'must be an attribute name'), z.string().max(300)).optional(),
});
export type Identity = z.infer<typeof identity>;

/** What a key may be used for, beside what policy permits its user. A part that is absent narrows nothing. */
export const apiKeyScope = z.strictObject({
  /** `read`: requests that change nothing; `write`: all others. */
  actions: z.array(z.enum(['read', 'write'])).min(1).optional(),
  /** Intents that it may submit: `<realm>.<action>`, or a realm's all, `<realm>.*`. The other routes that change something are then closed to it, unless `routes` names them. */
  intents: z.array(z.union([intentType, z.string().regex(/^[a-z][a-z0-9_-]*\.\*$/, 'must be an intent type, or <realm>.*')])).min(1).max(100).optional(),
  /** Operation ids of the OpenAPI document; no other route is open to it. */
  routes: z.array(z.string().min(1).max(80)).min(1).max(100).optional(),
});
export type ApiKeyScope = z.infer<typeof apiKeyScope>;

/** Somebody who has had an API key in hand that is another's. */
export const keyIssuer = z.object({ tenant_id: tenantId, user_id: userId });
export type KeyIssuer = z.infer<typeof keyIssuer>;

/** What the gateway needs to verify an API key: never the key itself. */
export const apiKeyRecord = z.object({
  key_id: z.string().max(80),
  /** SHA-256 (hex) of the whole key; keys hold 256 random bits, so a plain hash is enough. */
  key_hash: sha256Digest,
  tenant_id: tenantId,
  user_id: userId,
  expires_at: timestamp.optional(),
  revoked: z.boolean().default(false),
  scope: apiKeyScope.optional(),
  /** Who issued it for its user, and who issued the key that they did so with. Absent: its user alone, or it was declared at a start. */
  issued_by: z.array(keyIssuer).optional(),
});
export type ApiKeyRecord = z.infer<typeof apiKeyRecord>;

/** Asymmetric signatures only: a shared secret would let every verifier mint tokens. */
export const signatureAlgorithm = z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']);

/** A JWT issuer the gateway trusts. Claims name tenant, user and roles. */
export const jwtIssuer = z.object({
  issuer: z.string().max(500),
  audience: z.string().max(500),
  /** Keys by URL, or given directly as a JWK set; with neither, where the issuer's own metadata says (OpenID Connect Discovery 1.0). */
  jwks_url: z.url().optional(),
  jwks: jsonObject.optional(),
  /** The signature algorithms it uses; others are refused. Default: every asymmetric one that is supported. */
  algorithms: z.array(signatureAlgorithm).min(1).optional(),
  /** How far its clock may be from ours. Default 60 s. */
  clock_skew_s: z.number().int().min(0).max(300).optional(),
  tenant_claim: z.string().default('tenant_id'),
  user_claim: z.string().default('sub'),
  roles_claim: z.string().default('roles'),
  /** Tenants this issuer may speak for. */
  tenants: z.array(tenantId).min(1),
});
export type JwtIssuer = z.infer<typeof jwtIssuer>;

/** The form of bundles that this code writes, and the highest it reads. It rises with what a runtime must know of to govern by a bundle. */
export const BUNDLE_SCHEMA_VERSION = 2;

/** A recorded change that a bundle version came of. */
export const bundleOrigin = z.object({
  /** Whose intent it was; the platform's for what its code and its bootstrap file declare. */
  tenant_id: tenantId,
  /** Who submitted it. */
  user_id: userId,
  /** The intent, `governance.<action>`; or `declaration`: what was declared at a start. */
  intent_type: z.union([intentType, z.literal('declaration')]),
  /** The execution that recorded it. */
  execution_id: uuid.optional(),
  /** When it was accepted, or declared. */
  at: timestamp,
  reason: z.string().max(500).optional(),
  /** What it changed, as `<list>/<key>`: the first twenty. */
  changed: z.array(z.string().max(700)).max(20),
});
export type BundleOrigin = z.infer<typeof bundleOrigin>;

/** What governs execution, all of it, immutable: built and signed by Smart City, held by every runtime. */
export const governanceBundle = z.object({
  /** Absent: 1. */
  schema_version: z.number().int().min(1).optional(),
  version: z.number().int().min(1),
  created_at: timestamp,
  tenants: z.array(tenant),
  identities: z.array(identity),
  policies: z.array(cedarPolicy),
  capabilities: z.array(registeredCapability),
  // the registries: each only where there are entries
  notices: z.array(capabilityNotice).optional(),
  agents: z.array(agentEntry).optional(),
  domains: z.array(domainEntry).optional(),
  solutions: z.array(solutionEntry).optional(),
  schemas: z.array(semanticSchema).optional(),
  vocabularies: z.array(vocabulary).optional(),
  saga_rules: z.array(sagaRule).optional(),
  /** Grants that were asked for lately or still hold. Absent: none. */
  grants: z.array(grant).optional(),
  ...dataGovernanceLists,
  ...escalationLists,
  /** What the policies must decide; a candidate under which one does not hold is not promoted. */
  policy_tests: z.array(policyTest).optional(),
  /** Staged changes that are not in force. */
  candidates: z.array(candidate).optional(),
  /** The changes that made this version of the one before it, the newest hundred of them. */
  made_by: z.array(bundleOrigin).max(100).optional(),
  /** Secret of the platform: entries are digested with it, so that a digest shown to one tenant tells nothing of another's entry. */
  salt: sha256Digest.optional(),
});
export type GovernanceBundle = z.infer<typeof governanceBundle>;

/** A bundle with its hash (over digests of its entries, see governance's bundle-digest.ts) and Ed25519 signature (over the hash's 32 bytes, base64url). */
export const signedBundle = z.object({ bundle: governanceBundle, hash: sha256Digest, signature: z.string(), key_id: z.string() });
export type SignedBundle = z.infer<typeof signedBundle>;

/** A signed bundle as it arrives: what it is of is looked at before it is read, as it may be of a form that is not known here. */
export const offeredBundle = z.object({ ...signedBundle.shape, bundle: z.looseObject({ schema_version: governanceBundle.shape.schema_version, version: governanceBundle.shape.version }) });
export type OfferedBundle = z.infer<typeof offeredBundle>;

/** Smart City's answer to the gateway: how to verify callers. */
export const verificationKeys = z.object({
  version: z.number().int(),
  api_keys: z.array(apiKeyRecord),
  jwt_issuers: z.array(jwtIssuer),
  /** How fast tenants may ask, all gateways together. */
  requests: z.array(requestRate.extend({ tenant_id: tenantId })).default([]),
  /** How many gateways there are; it says nothing of the version. */
  gateways: z.number().int().min(1).default(1),
});
export type VerificationKeys = z.infer<typeof verificationKeys>;
