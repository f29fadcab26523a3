/** What the registries of Smart City hold beside capabilities: Curator's agents, domains, solutions and notices, Librarian's schemas and vocabularies, Conductor's rules. */
import { z } from 'zod';
import { determinism } from './capability.schema.js';
import { connector } from './external.schema.js';
import { solutionContext } from './intent.schema.js';
import { intentType, jsonObject, realmName, stepName, tenantId, timestamp } from './words.js';

const registryName = z.string().max(80).regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/, 'must be words of a-z, 0-9 and - with dots between them');
const semanticVersion = z.string().max(40).regex(/^\d+\.\d+\.\d+$/, 'must be a semantic version');
const described = { name: registryName, version: semanticVersion, description: z.string().max(2000).default(''), /** Who answers for it: a team, a person, an address. */ owner: z.string().max(200).optional() };

/** Curator's word that a capability should no longer be used, and from when on it cannot be. */
export const capabilityNotice = z.object({
  capability: intentType,
  deprecated_at: timestamp,
  /** From then on its intents are refused with `intent.retired`; what runs goes on. Unset: it only is discouraged. */
  retires_at: timestamp.optional(),
  replacement: intentType.optional(),
  reason: z.string().max(500).optional(),
});
export type CapabilityNotice = z.infer<typeof capabilityNotice>;

/** An agent that a realm attaches to its steps. */
export const agentEntry = z.object({ ...described, realm: realmName, determinism, tools: z.array(z.string().max(80)).max(50).default([]) });
export type AgentEntry = z.infer<typeof agentEntry>;

/** A domain of the enterprise: which realms serve it. */
export const domainEntry = z.object({ ...described, realms: z.array(realmName).min(1).max(50) });
export type DomainEntry = z.infer<typeof domainEntry>;

/** A Solution: what it is for, which intents it supports, which realms it composes, and which outside systems its effects reach. */
export const solutionEntry = z.object({
  ...described,
  context: solutionContext.omit({ solution: true }),
  intents: z.array(intentType).min(1).max(200),
  realms: z.array(realmName).min(1).max(50),
  bindings: z.array(z.object({ name: z.string().min(1).max(80), system: z.string().max(200), /** How the platform itself reaches it; unset: only the Solution’s own effects do. */ connector: connector.optional() })).max(100).default([]),
});
export type SolutionEntry = z.infer<typeof solutionEntry>;

/** What a later version of a schema may change: see Librarian's compatibility rules. */
export const schemaCompatibility = z.enum(['backward', 'forward', 'full', 'none']);

/** A canonical model: a JSON Schema (2020-12) that values of one meaning fit, whoever made them. Versions stay; a version names one content for ever. */
export const semanticSchema = z.object({
  ...described,
  schema: jsonObject,
  /** What a version with the same major number must keep. Default `backward`: what fitted before still fits. */
  compatibility: schemaCompatibility.default('backward'),
});
export type SemanticSchema = z.infer<typeof semanticSchema>;

/** Terms of a field of work, and the words that mean the same; `path` says which member of a schema a term names. */
export const vocabulary = z.object({
  ...described,
  terms: z.array(z.object({
    term: z.string().min(1).max(120),
    definition: z.string().max(1000).optional(),
    synonyms: z.array(z.string().min(1).max(120)).max(100).default([]),
    schema: registryName.optional(),
    path: z.string().max(300).optional(),
  })).min(1).max(2000),
});
export type Vocabulary = z.infer<typeof vocabulary>;

export const stepKind = z.enum(['task', 'agent', 'effect', 'map', 'parallel', 'choice', 'timer', 'signal', 'child']);

/** Conductor's bounds of sagas: for everybody's at registration, for one tenant's when it submits an intent. What is unset is not bounded. */
export const sagaRule = z.object({
  rule_id: stepName,
  /** Whose sagas; unset: everybody's. */
  tenant_id: tenantId.optional(),
  step_kinds: z.array(stepKind).max(9).optional(),
  /** Steps in all, nested ones included. */
  max_steps: z.number().int().min(1).max(10_000).optional(),
  /** Steps inside steps. */
  max_depth: z.number().int().min(1).max(20).optional(),
  max_branches: z.number().int().min(1).max(50).optional(),
  max_map_concurrency: z.number().int().min(1).max(256).optional(),
  max_attempts: z.number().int().min(1).max(100).optional(),
  max_step_timeout_ms: z.number().int().min(10).optional(),
  /** A saga must declare a deadline, and none later than this after its acceptance. */
  max_duration_ms: z.number().int().min(100).optional(),
  /** Outside systems that effects may reach. */
  bindings: z.array(z.string().min(1).max(80)).max(100).optional(),
  /** `approval`: every effect step must declare `approval: required`. `compensation`: must declare that it can be undone. */
  effects_require: z.array(z.enum(['approval', 'compensation', 'preview'])).max(3).optional(),
});
export type SagaRule = z.infer<typeof sagaRule>;
