/**
 * Access: what policy is asked beside intents. Decisions on recorded executions (replay, reading of content), the AuthZEN 1.0 questions and answers
 * (https://openid.net/specs/authorization-api-1_0.html), and explanations of decisions.
 */
import { z } from 'zod';
import { cedarPolicy, policyDecision, verdict } from './policy.schema.js';
import { caller } from './session.schema.js';
import { intentType, json, jsonObject, tenantId, userId, uuid } from './words.js';

/** What is done to recorded executions: `replay` them (or check their determinism), `hydrate`: read the content that they made. */
export const accessAction = z.enum(['replay', 'hydrate']);
export type AccessAction = z.infer<typeof accessAction>;

/** What policy is asked about: `submit` of an intent, or an access to a recorded execution. */
export const policyAction = z.enum(['submit', ...accessAction.options]);
export type PolicyAction = z.infer<typeof policyAction>;

const name = z.string().min(1).max(300);
const properties = { properties: jsonObject.optional() };

/** Who: `type` `user` and the user's id in the asker's tenant. */
export const accessSubject = z.looseObject({ type: name, id: name, ...properties });
export const accessActionName = z.looseObject({ name, ...properties });
/** On what: `type` `capability` and an intent type, `execution` or `artifact` and the id of one that was recorded, or any type of an application's own, with its properties. */
export const accessResource = z.looseObject({ type: name, id: name, ...properties });

/** AuthZEN 1.0, section 6: one question. */
export const accessQuestion = z.looseObject({ subject: accessSubject, action: accessActionName, resource: accessResource, context: jsonObject.optional() });
export type AccessQuestion = z.infer<typeof accessQuestion>;

/** Section 6.2. `context` tells why: the verdicts, as policy words them. */
export const accessAnswer = z.object({ decision: z.boolean(), context: jsonObject.optional() });
export type AccessAnswer = z.infer<typeof accessAnswer>;

/** Section 7: how several questions are answered. */
export const evaluationsSemantic = z.enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit']);

/**
 * Section 7.1: several questions; what one leaves out it takes from the top, type, id and name of what it names too. One that is no question then is answered
 * with no and its error, beside the others. Without `evaluations` it is a single question.
 */
export const accessQuestions = z.looseObject({
  subject: jsonObject.optional(),
  action: jsonObject.optional(),
  resource: jsonObject.optional(),
  context: jsonObject.optional(),
  evaluations: z.array(jsonObject).max(1000).optional(),
  options: z.looseObject({ evaluations_semantic: evaluationsSemantic.default('execute_all') }).optional(),
});
export type AccessQuestions = z.infer<typeof accessQuestions>;

/** Section 8.2: a page of an enumeration. More than a thousand are never given at once. */
const page = z.looseObject({ token: z.string().max(500).optional(), limit: z.number().int().min(1).default(100) }).optional();
export const nextPage = z.object({ next_token: z.string(), count: z.number().int(), /** Absent where it would have to be counted: of executions and artifacts. */ total: z.number().int().optional() });

/** Sections 8.4 to 8.6: a question that leaves one part open. */
export const subjectSearch = z.looseObject({ subject: z.looseObject({ type: name }), action: accessActionName, resource: accessResource, context: jsonObject.optional(), page });
export const resourceSearch = z.looseObject({ subject: accessSubject, action: accessActionName, resource: z.looseObject({ type: name }), context: jsonObject.optional(), page });
export const actionSearch = z.looseObject({ subject: accessSubject, resource: accessResource, context: jsonObject.optional(), page });
export type AccessSearch = ({ open: 'subject' } & z.infer<typeof subjectSearch>) | ({ open: 'resource' } & z.infer<typeof resourceSearch>) | ({ open: 'action' } & z.infer<typeof actionSearch>);

export const accessSearch = z.discriminatedUnion('open', [
  subjectSearch.extend({ open: z.literal('subject') }),
  resourceSearch.extend({ open: z.literal('resource') }),
  actionSearch.extend({ open: z.literal('action') }),
]);
/** What a search found: subjects and resources by type and id, actions by name. */
export const accessFound = z.object({ results: z.array(z.record(z.string(), z.string())), page: nextPage });

/** Why a decision fell as it did: per role the policies that determined it, and every attribute that the role's policies at hand read, with its value. */
export const policyExplanation = z.object({
  decision: policyDecision,
  asked: z.object({ tenant_id: tenantId, user_id: userId, action: policyAction, capability: intentType }),
  roles: z.array(z.object({
    verdict,
    /** Policies of this role that could apply, those that determined the verdict among them. */
    considered: z.number().int(),
    determined_by: z.array(z.object({ ...cedarPolicy.shape, effect: z.enum(['permit', 'forbid']), reads: z.array(z.string()) })),
    attributes: z.record(z.string(), json),
  })),
});
export type PolicyExplanation = z.infer<typeof policyExplanation>;

/** An explanation of a recorded decision: made again under the bundle it was made under. */
export const recordedExplanation = z.object({
  execution_id: uuid,
  /** Absent when policy was never asked: `error` says why. */
  explanation: policyExplanation.optional(),
  /** Whether the same bundle gives the recorded decision again. */
  reproduced: z.boolean().optional(),
  /** What refused the intent, policy or not. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type RecordedExplanation = z.infer<typeof recordedExplanation>;

/** A request that nobody made. What is left out is as it would be for the asker's own intent that names nothing. */
export const hypotheticalRequest = z.strictObject({
  /** Default: the asker. Somebody else's needs leave to evaluate access. */
  user_id: userId.optional(),
  /** Of a user whom the bundle does not know. */
  roles: z.array(z.string().max(80)).max(50).optional(),
  auth: caller.shape.auth.optional(),
  action: policyAction.default('submit'),
  intent_type: intentType,
  classifications: z.array(z.string().max(60)).max(100).default([]),
  references: z.array(z.string().max(300)).max(100).default([]),
  session_user_id: userId.optional(),
  own_targets: z.boolean().default(true),
  /** Default: the opposite of `own_targets`. */
  second_person: z.boolean().optional(),
  granted: z.boolean().default(false),
});
export type HypotheticalRequest = z.infer<typeof hypotheticalRequest>;
