import { z } from 'zod';
import { intentType, jsonObject, moment, realmName, tenantId, timestamp, uuid } from './words.js';

/** What a Solution brings to an intent: its goals, constraints and risk. */
export const solutionContext = z.object({
  solution: z.string().max(120),
  goals: z.array(z.string().max(1000)).max(50).default([]),
  constraints: z.array(z.string().max(1000)).max(50).default([]),
  risk: z.enum(['low', 'medium', 'high']).default('medium'),
});

/** A request to execute something. Its name never implies order or workflow. An execution's id is its intent's id: one intent, one execution. */
export const intent = z.object({
  intent_id: uuid,
  intent_type: intentType,
  /** The part of `intent_type` before the dot. */
  realm: realmName,
  session_id: uuid,
  tenant_id: tenantId,
  payload: jsonObject,
  metadata: jsonObject,
  solution_context: solutionContext.optional(),
  /** Two intents of a tenant with the same key are the same request: the second is answered with the first's execution. */
  idempotency_key: z.string().min(1).max(200).optional(),
  /** When it should have ended; what then happens the tenant's `sla` switch says. */
  deadline: timestamp.optional(),
  created_at: timestamp,
});
export type Intent = z.infer<typeof intent>;

/** What a caller sends: the platform fills in identity and time. `realm`, `tenant_id` may be sent and must then agree. */
export const intentSubmission = z.strictObject({
  intent_id: uuid.optional(),
  intent_type: intentType,
  realm: realmName.optional(),
  session_id: uuid,
  tenant_id: tenantId.optional(),
  payload: jsonObject.default({}),
  metadata: jsonObject.default({}),
  solution_context: solutionContext.optional(),
  idempotency_key: z.string().min(1).max(200).optional(),
  /** When it should have ended; with a deadline of its saga too, the earlier one counts. */
  deadline: moment.optional(),
});
export type IntentSubmission = z.infer<typeof intentSubmission>;
