/** How a key stands, and what an order for one is. Pure. */
import type { ApiKeyView, KeyOrder } from '@symphainy/client';
import type { ApiKeyScope } from '@symphainy/contracts';
import { wordsIn } from './words.js';

export type Standing = 'holds' | 'ends soon' | 'expired' | 'revoked';

const SOON_MS = 7 * 86_400_000;

export function standingOf({ revoked, expires_at }: Pick<ApiKeyView, 'revoked' | 'expires_at'>, now: number): Standing {
  if (revoked) return 'revoked';
  if (expires_at === undefined) return 'holds';
  const left = Date.parse(expires_at) - now;
  if (left <= 0) return 'expired';
  return left <= SOON_MS ? 'ends soon' : 'holds';
}

const order: readonly Standing[] = ['ends soon', 'holds', 'expired', 'revoked'];

/** Keys that open something first, those that end soonest before the others; then by id. */
export const sortKeys = (keys: readonly ApiKeyView[], now: number): readonly ApiKeyView[] => keys.toSorted((a, b) => order.indexOf(standingOf(a, now)) - order.indexOf(standingOf(b, now)) || (a.key_id < b.key_id ? -1 : 1));

/** A scope in words; a key without one may do whatever its user may. */
export function scopeWords(scope: ApiKeyScope | undefined): string {
  if (scope === undefined) return 'whatever its user may';
  const parts = [scope.actions?.join(' and '), scope.intents && `intents ${scope.intents.join(', ')}`, scope.routes && `routes ${scope.routes.join(', ')}`];
  return parts.filter((part) => part !== undefined).join('; ');
}

export interface KeyDraft {
  readonly user: string;
  readonly keyId: string;
  /** Seconds; empty: never. */
  readonly expiresIn: string;
  readonly access: 'all' | 'read' | 'intents';
  readonly intents: string;
}

export const orderOf = ({ user, keyId, expiresIn, access, intents }: KeyDraft, tenant: string): KeyOrder => ({
  tenant_id: tenant,
  user_id: user.trim(),
  ...(keyId.trim() !== '' && { key_id: keyId.trim() }),
  ...(expiresIn !== '' && { expires_in_s: Number(expiresIn) }),
  ...(access === 'read' && { scope: { actions: ['read'] } }),
  ...(access === 'intents' && { scope: { intents: wordsIn(intents) } }),
});
