import { Inject, Injectable } from '@nestjs/common';
import { failure } from '@symphainy/contracts';
import { sha256Hex } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { LRUCache } from 'lru-cache';
import { looksLikeApiKey, verifyApiKey } from './api-key.verifier.js';
import type { Authenticated } from './authenticated.js';
import { JwtVerifier } from './jwt.verifier.js';
import { VerificationKeysHolder } from './verification-keys.js';

const MAX_CACHED = 10_000;
const MAX_CREDENTIALS = 16 * 1024;
const BEARER = /^Bearer +([^ ]+) *$/i;

/**
 * Who is calling. Credentials that verified are remembered (under their hash, never in the clear as a key) until they expire or the key
 * set changes, so a caller is verified once, not per request.
 */
@Injectable()
export class Authenticator {
  private readonly verified = new LRUCache<string, Authenticated>({ max: MAX_CACHED });
  private readonly jwt: JwtVerifier;

  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(VerificationKeysHolder) private readonly keys: VerificationKeysHolder,
  ) {
    this.jwt = new JwtVerifier(host.clock);
    keys.onChange((set) => {
      this.verified.clear();
      this.jwt.retain(set);
    });
  }

  /** From an Authorization header; answers at once when the credentials are remembered. Throws (or rejects with) an auth.* failure. */
  authenticate(authorization: string | undefined): Authenticated | Promise<Authenticated> {
    return this.verify(credentialsIn(authorization));
  }

  verify(credentials: string): Authenticated | Promise<Authenticated> {
    const id = sha256Hex(credentials);
    const known = this.verified.get(id);
    if (known !== undefined && !this.expired(known)) return known;
    return this.verifyAfresh(id, credentials);
  }

  private expired(known: Authenticated): boolean {
    return known.expiresAt !== undefined && known.expiresAt <= this.host.clock.now();
  }

  private async verifyAfresh(id: string, credentials: string): Promise<Authenticated> {
    const set = this.keys.current;
    if (set === undefined) throw failure('auth.unavailable', { retryAfterMs: 1000 });
    const now = this.host.clock.now();
    const found = looksLikeApiKey(credentials) ? verifyApiKey(set, credentials, now) : await this.jwt.verify(set, credentials, now);
    // A key set that arrived meanwhile may have revoked these credentials: only what the current one says is remembered.
    if (this.keys.current === set) this.verified.set(id, found);
    return found;
  }
}

function credentialsIn(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') throw failure('auth.missing');
  const credentials = BEARER.exec(authorization)?.[1];
  if (credentials === undefined || credentials.length > MAX_CREDENTIALS) throw failure('auth.invalid', { message: 'the Authorization header must read "Bearer <api key or token>"' });
  return credentials;
}
