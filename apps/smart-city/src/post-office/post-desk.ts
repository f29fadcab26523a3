import { CompactEncrypt, importJWK, type JWK } from 'jose';
import { failure } from '@symphainy/contracts';
import type { AllowedTargets } from '@symphainy/outbound';
import type { BundleOffice } from '../bundle/bundle-office.js';
import type { DeliveryState, DeliveryStore, DeliveryView } from './delivery-store.js';
import { subscriptionKey, type Subscription, type Target } from './subscription.schema.js';
import type { SecretBook } from './webhook-signing.js';
import { checkWebhook } from './webhook-target.js';

type Name = Pick<Subscription, 'tenant_id' | 'subscription_id'>;

/** A subscription as its tenant sees it: never its secret. */
export type SubscriptionView = Subscription & { readonly public_key: string; readonly deliveries: Record<DeliveryState, number> };

/** What Post Office's intents ask of the live service. */
export interface PostDesk {
  find(name: Name): Subscription | undefined;
  /** `subscription.not_found`. */
  existing(name: Name): Subscription;
  /** `governance.invalid` of a tenant that there is none of. */
  known(tenantId: string): void;
  /** `subscription.exists`. */
  unused(name: Name): void;
  /** `webhook.target_refused`. */
  checked(target: Target): void;
  /** The public key, and the secret for the holder of `secretFor` alone: a compact JWE. */
  keys(name: Name, version: number, secretFor: JWK | undefined): Promise<{ public_key: string; secret?: string }>;
  /** In milliseconds since the epoch. */
  now(): number;
  list(tenantId: string): Promise<SubscriptionView[]>;
  deliveries(name: Name, o: { readonly state: DeliveryState | undefined; readonly after: number; readonly limit: number }): Promise<DeliveryView[]>;
}

export interface PostDeskParts {
  readonly office: BundleOffice;
  readonly deliveries: DeliveryStore;
  readonly secrets: SecretBook;
  readonly allowed: AllowedTargets;
  readonly now: () => number;
}

export class OpenPostDesk implements PostDesk {
  constructor(private readonly parts: PostDeskParts) {}

  find(name: Name): Subscription | undefined {
    return this.parts.office.snapshot.catalogue.get('subscription', subscriptionKey(name));
  }

  existing(name: Name): Subscription {
    const found = this.find(name);
    if (found === undefined) throw failure('subscription.not_found', { field: '/subscription_id' });
    return found;
  }

  known(tenantId: string): void {
    if (this.parts.office.snapshot.catalogue.get('tenant', tenantId) === undefined) throw failure('governance.invalid', { message: `there is no ${tenantId} in tenants`, field: '/tenant_id', fix: 'name one that GET /v1/governance/tenants lists' });
  }

  unused(name: Name): void {
    if (this.find(name) !== undefined) throw failure('subscription.exists', { field: '/subscription_id' });
  }

  checked(target: Target): void {
    if (target.kind === 'webhook') checkWebhook(target.url, this.parts.allowed);
  }

  async keys(name: Name, version: number, secretFor: JWK | undefined): Promise<{ public_key: string; secret?: string }> {
    const { secret, publicKey } = this.parts.secrets.of(name, version);
    return { public_key: publicKey, ...(secretFor === undefined ? {} : { secret: await sealed(secret, secretFor) }) };
  }

  now(): number {
    return this.parts.now();
  }

  async list(tenantId: string): Promise<SubscriptionView[]> {
    const theirs = this.parts.office.snapshot.catalogue.all('subscription').filter((s) => s.tenant_id === tenantId);
    return Promise.all(theirs.map(async (s) => ({ ...s, public_key: this.parts.secrets.of(s, s.secret_version).publicKey, deliveries: await this.parts.deliveries.counts(subscriptionKey(s)) })));
  }

  deliveries(name: Name, o: { readonly state: DeliveryState | undefined; readonly after: number; readonly limit: number }): Promise<DeliveryView[]> {
    return this.parts.deliveries.list(subscriptionKey(this.existing(name)), o);
  }
}

/** What is recorded can be opened by the asker's private key alone. */
async function sealed(secret: string, jwk: JWK): Promise<string> {
  const alg = jwk.kty === 'RSA' ? 'RSA-OAEP-256' : 'ECDH-ES';
  try {
    if ('d' in jwk) throw new Error('a private key');
    return await new CompactEncrypt(new TextEncoder().encode(secret)).setProtectedHeader({ alg, enc: 'A256GCM' }).encrypt(await importJWK(jwk, alg));
  } catch {
    throw failure('governance.invalid', { message: 'secret_for is no public key that a secret can be sealed with', field: '/secret_for', fix: 'send a public JWK: RSA, EC (P-256, P-384, P-521) or OKP (X25519), without its private part' });
  }
}
