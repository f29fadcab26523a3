import { failure, signatureAlgorithm, words, type JwtIssuer } from '@symphainy/contracts';
import { canonicalJson, PlatformError, type Clock } from '@symphainy/kernel';
import { decodeJwt, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Authenticated } from './authenticated.js';
import { issuerKeys } from './issuer-keys.js';
import type { KeySet } from './verification-keys.js';

/** Clocks of issuer and gateway may differ by this much, where nothing else is said of the issuer. */
const CLOCK_SKEW_S = 60;

/**
 * Verifies JWTs of the issuers that Smart City names: signature (of an algorithm that is allowed), issuer, audience, expiry (required) and not-before within the
 * clock skew, and that the issuer may speak for the tenant the token claims.
 */
export class JwtVerifier {
  private readonly keysOf = new Map<string, JWTVerifyGetKey>();

  constructor(private readonly clock: Clock) {}

  async verify(keys: KeySet, credentials: string, now: number): Promise<Authenticated> {
    const candidates = this.issuersOf(keys, credentials);
    let refusal: unknown;
    for (const issuer of candidates) {
      try {
        return this.authenticated(issuer, await this.payloadOf(issuer, credentials, now), credentials);
      } catch (error) {
        refusal = this.refusalOf(error);
      }
    }
    throw refusal;
  }

  /** Forgets key sets of issuers that are no longer trusted. */
  retain(keys: KeySet): void {
    const wanted = new Set([...keys.issuers.values()].flat().map(canonicalJson));
    for (const known of this.keysOf.keys()) if (!wanted.has(known)) this.keysOf.delete(known);
  }

  private issuersOf(keys: KeySet, credentials: string): readonly JwtIssuer[] {
    const issuers = keys.issuers.get(claimedIssuer(credentials) ?? '');
    if (issuers === undefined || issuers.length === 0) throw failure('auth.invalid', { message: 'the credentials are no API key, and no token of an issuer that is trusted here' });
    return issuers;
  }

  private async payloadOf(issuer: JwtIssuer, credentials: string, now: number): Promise<JWTPayload> {
    const options = { issuer: issuer.issuer, audience: issuer.audience, clockTolerance: skewOf(issuer), algorithms: issuer.algorithms ?? signatureAlgorithm.options, requiredClaims: ['exp'], currentDate: new Date(now) };
    return (await jwtVerify(credentials, this.signingKeys(issuer), options)).payload;
  }

  private signingKeys(issuer: JwtIssuer): JWTVerifyGetKey {
    const id = canonicalJson(issuer);
    const known = this.keysOf.get(id) ?? issuerKeys(issuer, this.clock);
    this.keysOf.set(id, known);
    return known;
  }

  private authenticated(issuer: JwtIssuer, payload: JWTPayload, credentials: string): Authenticated {
    const tenant = payload[issuer.tenant_claim];
    if (typeof tenant !== 'string' || !issuer.tenants.includes(tenant)) throw failure('auth.invalid', { message: `the issuer may not speak for the tenant in the claim ${issuer.tenant_claim}` });
    const user = words.userId.safeParse(payload[issuer.user_claim]);
    if (!user.success) throw failure('auth.invalid', { message: `the token has no usable claim ${issuer.user_claim}` });
    const roles = rolesIn(payload[issuer.roles_claim]);
    return { caller: { tenant_id: tenant, user_id: user.data, roles, auth: 'jwt' }, expiresAt: ((payload.exp ?? 0) + skewOf(issuer)) * 1000, credentials };
  }

  private refusalOf(error: unknown): unknown {
    if (error instanceof errors.JWTExpired) return failure('auth.expired', { message: 'the token has expired' });
    if (error instanceof errors.JWTClaimValidationFailed) return failure('auth.invalid', { message: `the token’s claim ${error.claim} does not hold` });
    if (error instanceof PlatformError) return error;
    if (!(error instanceof errors.JOSEError) || KEYS_OUT_OF_REACH.has(error.code)) return failure('auth.unavailable', { message: 'the issuer’s keys cannot be fetched now', cause: error });
    return failure('auth.invalid', { message: 'the token’s signature does not verify', cause: error });
  }
}

/** jose's codes for a key set that did not arrive or is none. */
const KEYS_OUT_OF_REACH = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

function claimedIssuer(credentials: string): string | undefined {
  try {
    return decodeJwt(credentials).iss;
  } catch (error) {
    throw failure('auth.invalid', { message: 'the credentials are neither an API key nor a JWT', cause: error });
  }
}

const skewOf = ({ clock_skew_s }: JwtIssuer): number => clock_skew_s ?? CLOCK_SKEW_S;

const MAX_ROLES = 50;

/** Roles as a list, or as one text with spaces between. */
function rolesIn(claim: unknown): string[] {
  const named = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return named.filter((role): role is string => typeof role === 'string' && role.length > 0 && role.length <= 80).slice(0, MAX_ROLES);
}
