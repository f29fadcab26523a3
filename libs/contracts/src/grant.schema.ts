/**
 * Just-in-time grants: a person asks for leave to do something to executions for a while, another approves. Asked for, approved, refused and revoked by
 * recorded intents `governance.*_grant`; what holds stands in the governance bundle, where policy sees it as `context.granted`.
 */
import { z } from 'zod';
import { intentType, tenantId, timestamp, userId, uuid } from './words.js';

/** `signal`: send signals, approvals among them. `operate`: every other operation. `replay`: replays and determinism checks. `hydrate`: read content. `erase`: erase data subjects. */
export const grantAction = z.enum(['operate', 'signal', 'replay', 'hydrate', 'erase']);
export type GrantAction = z.infer<typeof grantAction>;

/** Which executions, or for `erase` which data subject, a grant is for: what fits all that is named; nothing named: all of the tenant. */
export const grantScope = z.strictObject({
  execution_ids: z.array(uuid).min(1).max(100).optional(),
  intent_type: intentType.optional(),
  session_id: uuid.optional(),
  /** A data subject, as contracts and uploads name it; recorded as a pseudonym. */
  subject: z.string().min(1).max(300).meta({ format: 'data-subject' }).optional(),
  /** Members of the intent's metadata, which must be equal. */
  metadata: z.record(z.string().min(1).max(120), z.union([z.string().max(300), z.number(), z.boolean()])).optional(),
});
export type GrantScope = z.infer<typeof grantScope>;

/** What is asked for. */
export const grantRequest = z.strictObject({
  actions: z.array(grantAction).min(1).max(5),
  scope: grantScope.prefault({}),
  reason: z.string().min(1).max(500),
  /** How long it holds once it is approved: a minute to seven days. Default one hour. */
  duration_s: z.number().int().min(60).max(604_800).default(3600),
});
export type GrantRequest = z.infer<typeof grantRequest>;

export const grant = grantRequest.extend({
  /** The execution of its request. */
  grant_id: uuid,
  tenant_id: tenantId,
  /** Who asked, and who it is for. */
  user_id: userId,
  requested_at: timestamp,
  status: z.enum(['requested', 'approved', 'refused', 'revoked']),
  decided_by: userId.optional(),
  decided_at: timestamp.optional(),
  /** Of one that was approved: when it ends. */
  expires_at: timestamp.optional(),
});
export type Grant = z.infer<typeof grant>;
