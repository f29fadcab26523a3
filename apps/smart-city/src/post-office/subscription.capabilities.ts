import { z } from 'zod';
import { subscriptionId, words, type ExecutionContext } from '@symphainy/contracts';
import { canonicalJson, isoTime, type Json } from '@symphainy/kernel';
import { defineCapability, task, type CapabilityDefinition } from '@symphainy/realm-sdk';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { requireOwner } from '../city-manager/platform-tenant.js';
import { deliveryView } from './delivery-store.js';
import type { PostDesk } from './post-desk.js';
import { selection, subscription, subscriptionKey, target, type Subscription } from './subscription.schema.js';

/** How long both secrets sign after a rotation. */
const OVERLAP_MS = 86_400_000;

/** The fields that change, all of them when it is new, so that changes made side by side do not undo each other; `null`: it is gone. */
const subscriptionRule = changeRule<Partial<Subscription> | null>({
  name: 'subscription',
  value: subscription.partial().nullable(),
  apply: (catalogue, key, value) => {
    const present = catalogue.get('subscription', key);
    if (value === null) return present === undefined ? undefined : { kind: 'subscription', key, value: undefined };
    const next = subscription.safeParse({ ...present, ...value });
    // A change of what was ended meanwhile is no subscription.
    return next.success ? put('subscription', next.data) : undefined;
  },
});

/** What `next` says otherwise than `present`. */
function difference(present: Subscription | undefined, next: Subscription): Partial<Subscription> {
  const fields = Object.entries(next).filter(([field, value]) => present === undefined || canonicalJson(present[field as keyof Subscription] ?? null) !== canonicalJson(value ?? null));
  return Object.fromEntries(fields) as Partial<Subscription>;
}

const name = { tenant_id: words.tenantId, subscription_id: subscriptionId };
/** A public JWK; the secret is then answered as a compact JWE that only its private key opens. */
const secretFor = z.looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']) });
const keys = z.object({ public_key: z.string(), secret: z.string().optional() });

interface Asked {
  /** The subscription as it is to be; undefined: gone. */
  readonly next: Subscription | undefined;
  readonly secretFor?: { readonly kty: string };
}

/** An intent that changes a subscription: checked here and now, recorded, and in force when the record comes back. */
const change = <I extends z.ZodObject>(desk: PostDesk, o: { intent: string; description: string; input: I; ask: (payload: z.infer<I> & { tenant_id: string; subscription_id: string }, context: ExecutionContext) => Asked }): CapabilityDefinition =>
  defineCapability({
    intent: `governance.${o.intent}`,
    version: '1.0.0',
    description: o.description,
    // It looks at the subscriptions as they are, and what it seals is sealed anew each time.
    determinism: 'grounded',
    input: o.input,
    output: z.object({ recorded: z.array(z.string()) }).extend(keys.partial().shape),
    saga: [
      task<z.infer<I>>('record', async ({ payload, context }) => {
        const named = payload as z.infer<I> & { tenant_id: string; subscription_id: string };
        requireOwner(context.tenant_id, named.tenant_id, '/tenant_id');
        desk.known(named.tenant_id);
        const { next, secretFor: reader } = o.ask(named, context);
        if (next !== undefined) desk.checked(next.target);
        const changes = [recordedChange(subscriptionRule, subscriptionKey(named), next === undefined ? null : difference(desk.find(named), next))];
        const shown = next === undefined ? {} : await desk.keys(next, next.secret_version, reader as never);
        return { output: { recorded: changes.map((c) => c.key), ...shown } as Json, state_changes: changes };
      }, { timeoutMs: 10_000 }),
    ],
  });

const withStatus = (desk: PostDesk, intent: string, status: Subscription['status'], description: string): CapabilityDefinition =>
  change(desk, { intent, description, input: z.strictObject({ ...name, reason: z.string().max(500).optional() }), ask: (payload) => ({ next: { ...desk.existing(payload), status } }) });

const changes = (desk: PostDesk): CapabilityDefinition[] => [
  change(desk, {
    intent: 'subscribe',
    description: 'Has a tenant’s events delivered to a webhook or a subject, from now on.',
    input: z.strictObject({ ...name, description: z.string().max(500).default(''), select: selection.prefault({}), target, secret_for: secretFor.optional() }),
    ask: ({ secret_for, ...payload }) => {
      desk.unused(payload);
      return { next: subscription.parse({ ...payload, status: 'active', secret_version: 1 }), ...(secret_for === undefined ? {} : { secretFor: secret_for }) };
    },
  }),
  change(desk, {
    intent: 'change_subscription',
    description: 'Changes what a subscription selects, or where it delivers to. What waits already goes to the new place.',
    input: z.strictObject({ ...name, description: z.string().max(500).optional(), select: selection.optional(), target: target.optional() }),
    ask: ({ description, select, target: to, ...payload }) => ({
      next: { ...desk.existing(payload), ...(description === undefined ? {} : { description }), ...(select === undefined ? {} : { select }), ...(to === undefined ? {} : { target: to }) },
    }),
  }),
  withStatus(desk, 'pause_subscription', 'paused', 'Holds a subscription’s deliveries back; what happens meanwhile waits for it.'),
  withStatus(desk, 'resume_subscription', 'active', 'Lets a paused subscription’s deliveries go on.'),
  change(desk, {
    intent: 'unsubscribe',
    description: 'Ends a subscription. What it has not delivered is dropped.',
    input: z.strictObject({ ...name, reason: z.string().max(500).optional() }),
    ask: (payload) => (desk.existing(payload), { next: undefined }),
  }),
  change(desk, {
    intent: 'rotate_webhook_secret',
    description: 'Gives a subscription a new secret and key. For a day the old ones sign too.',
    input: z.strictObject({ ...name, secret_for: secretFor.optional() }),
    ask: ({ secret_for, ...payload }) => {
      const present = desk.existing(payload);
      const next = { ...present, secret_version: present.secret_version + 1, overlap_until: isoTime(desk.now() + OVERLAP_MS) };
      return { next, ...(secret_for === undefined ? {} : { secretFor: secret_for }) };
    },
  }),
  change(desk, {
    intent: 'redeliver',
    description: 'Delivers a subscription’s dead letters again, or the events named, as long as they are kept.',
    input: z.strictObject({ ...name, events: z.union([z.literal('dead'), z.array(z.string().max(200)).min(1).max(1000)]).default('dead') }),
    ask: (payload, context) => ({ next: { ...desk.existing(payload), redelivery: { asked_by: context.execution_id, events: payload.events } } }),
  }),
];

const query = <I extends z.ZodObject>(o: { intent: string; description: string; input: I; output: z.ZodType; answer: (payload: z.infer<I>) => Promise<object> }): CapabilityDefinition =>
  defineCapability({
    intent: `governance.${o.intent}`,
    version: '1.0.0',
    description: o.description,
    determinism: 'grounded',
    input: o.input,
    output: o.output,
    saga: [
      task<z.infer<I>>('read', async ({ payload, context }) => {
        requireOwner(context.tenant_id, (payload as unknown as { tenant_id: string }).tenant_id, '/tenant_id');
        return { output: JSON.parse(JSON.stringify(await o.answer(payload))) as Json };
      }, { timeoutMs: 10_000 }),
    ],
  });

const queries = (desk: PostDesk): CapabilityDefinition[] => [
  query({
    intent: 'list_subscriptions',
    description: 'A tenant’s subscriptions, with how many of their deliveries are pending, delivered and dead.',
    input: z.strictObject({ tenant_id: words.tenantId }),
    output: z.object({ subscriptions: z.array(subscription.extend({ public_key: z.string(), deliveries: z.object({ pending: z.number(), delivered: z.number(), dead: z.number() }) })) }),
    answer: async ({ tenant_id }) => ({ subscriptions: await desk.list(tenant_id) }),
  }),
  query({
    intent: 'list_deliveries',
    description: 'A subscription’s deliveries in the order they came in; with state "dead" its dead letters. Delivered ones are kept for a week.',
    input: z.strictObject({ ...name, state: z.enum(['pending', 'delivered', 'dead']).optional(), after: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(500).default(100) }),
    output: z.object({ deliveries: z.array(deliveryView), next: z.number().int().optional() }),
    answer: async ({ state, after, limit, ...which }) => {
      const deliveries = await desk.deliveries(which, { state, after, limit });
      return { deliveries, ...(deliveries.length === limit ? { next: deliveries.at(-1)?.position } : {}) };
    },
  }),
];

/** What Post Office does by governed intents. */
export const subscriptionCapabilities = (desk: PostDesk): CapabilityDefinition[] => [...changes(desk), ...queries(desk)];

export const subscriptionRules = [subscriptionRule];
