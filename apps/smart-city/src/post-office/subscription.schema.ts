/**
 * What a subscription is. One tenant's, and it gets that tenant's events alone. Its filters are those of the CloudEvents Subscriptions API (exact, prefix,
 * suffix, all, any, not) over the attributes of the event.
 */
import { z } from 'zod';
import { subscriptionId, words } from '@symphainy/contracts';

const attributes = z.record(z.string().regex(/^[a-z0-9]{1,20}$/, 'must be the name of an event attribute'), z.string().min(1).max(500)).refine((named) => Object.keys(named).length > 0, 'must name an attribute');

export type EventFilter =
  | { readonly exact: Readonly<Record<string, string>> }
  | { readonly prefix: Readonly<Record<string, string>> }
  | { readonly suffix: Readonly<Record<string, string>> }
  | { readonly all: readonly EventFilter[] }
  | { readonly any: readonly EventFilter[] }
  | { readonly not: EventFilter };

/** Filters nested deeper are refused: nobody can read them, and the contract that describes them grows with each level. */
const DEEPEST = 2;

const filterOf = (depth: number): z.ZodType<EventFilter> => {
  const leaves = [z.strictObject({ exact: attributes }), z.strictObject({ prefix: attributes }), z.strictObject({ suffix: attributes })] as const;
  if (depth === 0) return z.union(leaves);
  const nested = filterOf(depth - 1);
  const several = z.array(nested).min(1).max(20);
  return z.union([...leaves, z.strictObject({ all: several }), z.strictObject({ any: several }), z.strictObject({ not: nested })]);
};

/** What is wanted. Lists that are left out or empty want everything; all parts must hold. */
export const selection = z.strictObject({
  /** Event types, whole: `symphainy.record.execution_failed`, `symphainy.event.<type>`. */
  types: z.array(z.string().min(1).max(200)).max(100).default([]),
  intent_types: z.array(words.intentType).max(100).default([]),
  realms: z.array(words.realmName).max(100).default([]),
  filters: z.array(filterOf(DEEPEST)).max(20).default([]),
});
export type Selection = z.infer<typeof selection>;

/** Where events go. A webhook is signed `v1` (HMAC-SHA-256), `v1a` (Ed25519) or both; a subject's receiver answers each event. */
export const target = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    mode: z.enum(['structured', 'binary']).default('structured'),
    signatures: z.array(z.enum(['v1', 'v1a'])).min(1).max(2).default(['v1', 'v1a']),
  }),
  /** `subscriber.<tenant>.<subscription>.event` on the bus. */
  z.strictObject({ kind: z.literal('subject') }),
]);
export type Target = z.infer<typeof target>;

export const subscription = z.object({
  tenant_id: words.tenantId,
  subscription_id: subscriptionId,
  description: z.string().max(500),
  status: z.enum(['active', 'paused']),
  select: selection,
  target,
  /** The secret and the key that it signs with, and, until `overlap_until`, those before them. */
  secret_version: z.number().int().min(1),
  overlap_until: words.timestamp.optional(),
  /** The newest wish to have events delivered again, by the execution that asked for it. */
  redelivery: z.object({ asked_by: words.uuid, events: z.union([z.literal('dead'), z.array(z.string().max(200)).min(1).max(1000)]) }).optional(),
});
export type Subscription = z.infer<typeof subscription>;

export const subscriptionKey = ({ tenant_id, subscription_id }: Pick<Subscription, 'tenant_id' | 'subscription_id'>): string => `${tenant_id}/${subscription_id}`;
