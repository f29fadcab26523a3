import { canonicalName, contentFact, contentSource, words } from '@symphainy/contracts';
import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';

const count = z.number().int().min(0);

export const projectionPayload = z.strictObject({
  /** A `content.facts` artifact: what `content.ingest` and `content.parse_and_embed` made of a document. */
  source: dataReference(),
  /** `deterministic`: facts as instances of the Librarian's models. `expert`: and what follows from them, judged by an agent, each claim citing its facts. */
  projection_type: z.enum(['deterministic', 'expert']).default('deterministic'),
  /** Only instances of this model, by its name. Default: all. */
  schema: z.string().min(1).max(80).optional(),
});
export type ProjectionPayload = z.infer<typeof projectionPayload>;

const member = z.object({
  value: words.json,
  value_type: contentFact.shape.value_type,
  unit: z.string().optional(),
  raw: z.string().optional(),
  /** The fact's id. */
  fact: z.string(),
  /** What the source calls it. */
  predicate: z.string(),
  mapped: canonicalName.pick({ matched: true, how: true, confidence: true }),
  source: contentSource,
});
export type ProjectedMember = z.infer<typeof member>;

export const instance = z.object({
  /** `<name>@<version>` of the Librarian's schema. */
  schema: z.string(),
  subject: z.string(),
  members: z.record(z.string(), member),
  /** Required members that no fact states. */
  missing: z.array(z.string()),
  /** Members that facts state differently: the first stands in `members`. */
  conflicts: z.array(z.object({ member: z.string(), facts: z.array(z.string()) })),
});
export type Instance = z.infer<typeof instance>;

/** The artifact `insights.semantic_projection`. */
export const semanticProjection = z.object({
  version: z.string(),
  schemas: z.array(z.string()),
  instances: z.array(instance),
  /** Facts without a canonical name: they keep their own. */
  unmapped: z.object({ facts: count, predicates: z.array(z.object({ predicate: z.string(), facts: count })) }),
});
export type SemanticProjection = z.infer<typeof semanticProjection>;

export const claim = z.object({
  text: z.string().min(1).max(2000),
  /** Why the agent says so: a rule's name, or its own words. */
  because: z.string().max(2000),
  /** Ids of the facts it rests on. */
  cites: z.array(z.string()).max(50),
});
export type Claim = z.infer<typeof claim>;

/** The artifact `insights.expert_projection`: claims, each with the facts it rests on; those that did not rest on any were refused. */
export const expertProjection = z.object({ model: z.string(), of: z.string(), claims: z.array(claim.extend({ citations: z.array(z.object({ fact: z.string(), value: words.json, source: contentSource })) })) });

export const projectionOutput = z.object({ projection: z.string(), expert: z.string().optional(), schemas: z.array(z.string()), instances: count, facts: count, mapped: count, claims: count.optional(), refused: count.optional() });
