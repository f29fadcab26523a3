import { Controller, Inject } from '@nestjs/common';
import { failure, type ApiKeyRecord } from '@symphainy/contracts';
import { isoTime, type Json } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { z } from 'zod';
import { mintApiKey } from '../auth/api-key.verifier.js';
import type { Authenticated } from '../auth/authenticated.js';
import { VerificationKeysHolder } from '../auth/verification-keys.js';
import { Checked, type Input, Serves } from '../http/operation.js';
import { GovernedChanges } from '../submission/governed-changes.js';
import { issueKey, type issuedKey, keyView, listKeys, revokeKey, rotateKey } from './security.operations.js';

type View = z.infer<typeof keyView>;
type Issued = z.infer<typeof issuedKey>;

/** API keys. A key is drawn here and told once, in the answer: what is submitted, recorded and pushed is its hash. */
@Controller()
export class KeysController {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(VerificationKeysHolder) private readonly held: VerificationKeysHolder,
    @Inject(GovernedChanges) private readonly changes: GovernedChanges,
  ) {}

  @Serves(listKeys)
  async list(@Checked(listKeys) { auth, query }: Input<typeof listKeys>): Promise<{ keys: View[] }> {
    const { caller } = auth;
    const all = [...(this.held.current?.apiKeys.values() ?? [])];
    if (query.of === 'caller') return { keys: all.filter((key) => key.tenant_id === caller.tenant_id && key.user_id === caller.user_id).map(viewOf) };
    // Keys are part of governance, which the Runtime lets be read or not: its refusal is recorded there.
    await this.host.channels.request('runtime.governance.read', {}, { caller, list: 'identities', limit: 1 });
    const wanted = caller.tenant_id === PLATFORM_TENANT ? (query.tenant_id ?? caller.tenant_id) : caller.tenant_id;
    return { keys: all.filter((key) => key.tenant_id === wanted).map(viewOf) };
  }

  @Serves(issueKey)
  async issue(@Checked(issueKey) { auth, body, correlationId }: Input<typeof issueKey>): Promise<Issued> {
    const { user_id, tenant_id = auth.caller.tenant_id, key_id = this.freshId(), scope } = body;
    this.requireFree(key_id);
    const key = mintApiKey(key_id);
    const payload = { tenant_id, user_id, key_id, key_hash: key.hash, ...this.expiry(body.expires_in_s), ...(scope === undefined ? {} : { scope: scope as unknown as Json }) };
    await this.changes.everywhere(auth, await this.changes.submit(auth, correlationId, 'issue_key', payload));
    return this.issued(key);
  }

  @Serves(rotateKey)
  async rotate(@Checked(rotateKey) { auth, params, body, correlationId }: Input<typeof rotateKey>): Promise<Issued> {
    const { tenant_id = auth.caller.tenant_id, new_key_id = this.freshId(), overlap_s } = body;
    this.requireKey(auth, tenant_id, params.key_id);
    this.requireFree(new_key_id);
    const key = mintApiKey(new_key_id);
    const rotated = await this.changes.submit(auth, correlationId, 'rotate_key', { tenant_id, key_id: params.key_id, new_key_id, key_hash: key.hash, overlap_s, ...this.expiry(body.expires_in_s) });
    await this.changes.everywhere(auth, rotated);
    return this.issued(key);
  }

  @Serves(revokeKey)
  async revoke(@Checked(revokeKey) { auth, params, query, correlationId }: Input<typeof revokeKey>): Promise<View> {
    const tenant_id = query.tenant_id ?? auth.caller.tenant_id;
    this.requireKey(auth, tenant_id, params.key_id);
    await this.changes.everywhere(auth, await this.changes.submit(auth, correlationId, 'revoke_key', { tenant_id, key_id: params.key_id }));
    // Smart City, begun anew, may not know of this gateway yet
    const revoked = await this.changes.inForce(() => [this.find(params.key_id)].find((key) => key?.revoked === true));
    if (revoked === undefined) throw failure('wait.elapsed', { message: 'the revocation is recorded, and not in force here yet' });
    return viewOf(revoked);
  }

  private async issued({ text, hash }: { text: string; hash: string }): Promise<Issued> {
    const record = await this.changes.inForce(() => [...(this.held.current?.apiKeys.values() ?? [])].find((key) => key.key_hash === hash));
    if (record === undefined) throw failure('key.exists', { message: 'the key did not come into force: another key took its id, or the old one is no more' });
    return { ...viewOf(record), api_key: text };
  }

  private find(keyId: string): ApiKeyRecord | undefined {
    return this.held.current?.apiKeys.get(keyId);
  }

  /** A foreign tenant's key is not told apart from none; whether the platform may name it policy and Smart City say. */
  private requireKey({ caller }: Authenticated, tenantId: string, keyId: string): void {
    const key = this.find(keyId);
    const known = key !== undefined && key.tenant_id === tenantId && (caller.tenant_id === tenantId || caller.tenant_id === PLATFORM_TENANT);
    if (!known) throw failure('key.not_found', { field: '/params/key_id' });
  }

  private requireFree(keyId: string): void {
    if (this.find(keyId) !== undefined) throw failure('key.exists', { field: '/key_id' });
  }

  private freshId(): string {
    return `k-${this.host.ids.next()}`;
  }

  private expiry(seconds: number | undefined): { expires_at?: string } {
    return seconds === undefined ? {} : { expires_at: isoTime(this.host.clock.now() + seconds * 1000) };
  }
}

/** The tenant of whoever runs the platform. */
const PLATFORM_TENANT = 'platform';

const viewOf = (key: ApiKeyRecord): View => keyView.parse(key);
