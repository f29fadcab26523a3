import { createHmac, hkdfSync, sign } from 'node:crypto';
import { readSigningKey, type SigningKey } from '@symphainy/governance';
import type { Subscription } from './subscription.schema.js';

export type SignatureScheme = 'v1' | 'v1a';

/** What one version of a subscription signs with. Nothing of it is stored: it follows from the office's key and the subscription's name. */
export interface WebhookSecrets {
  /** `whsec_<base64 of 32 bytes>`. */
  readonly secret: string;
  /** `whpk_<base64 of the Ed25519 public key>`: no secret. */
  readonly publicKey: string;
  readonly hmacKey: Uint8Array;
  readonly signingKey: SigningKey;
}

/** Derives each subscription's secrets by HKDF-SHA-256 (RFC 5869) from one key; a tenant's subscriptions, versions and schemes share none. */
export class SecretBook {
  constructor(private readonly master: Uint8Array) {}

  of({ tenant_id, subscription_id }: Pick<Subscription, 'tenant_id' | 'subscription_id'>, version: number): WebhookSecrets {
    const derive = (scheme: SignatureScheme): Buffer => Buffer.from(hkdfSync('sha256', this.master, '', `symphainy webhook ${scheme} ${tenant_id}/${subscription_id} ${version}`, 32));
    const hmacKey = derive('v1');
    const signingKey = readSigningKey(derive('v1a').toString('base64url'));
    return { secret: `whsec_${hmacKey.toString('base64')}`, publicKey: `whpk_${Buffer.from(signingKey.publicKey, 'base64url').toString('base64')}`, hmacKey, signingKey };
  }
}

/** The message headers of Standard Webhooks: one signature for each scheme and each version of the secrets that holds. */
export function signatureHeaders(o: { readonly id: string; readonly atMs: number; readonly body: Uint8Array; readonly secrets: readonly WebhookSecrets[]; readonly schemes: readonly SignatureScheme[] }): Record<string, string> {
  const timestamp = String(Math.floor(o.atMs / 1000));
  const content = Buffer.concat([Buffer.from(`${o.id}.${timestamp}.`), o.body]);
  const signatures = o.secrets.flatMap((secrets) => o.schemes.map((scheme) => `${scheme},${signed(scheme, secrets, content)}`));
  return { 'webhook-id': o.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

const signed = (scheme: SignatureScheme, { hmacKey, signingKey }: WebhookSecrets, content: Uint8Array): string =>
  scheme === 'v1' ? createHmac('sha256', hmacKey).update(content).digest('base64') : sign(null, content, signingKey.privateKey).toString('base64');
