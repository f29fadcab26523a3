import { failure, type JwtIssuer } from '@symphainy/contracts';
import type { Clock } from '@symphainy/kernel';
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

const TIMEOUT_MS = 5_000;
/** Metadata that could not be read is not asked for again sooner. */
const AGAIN_MS = 5_000;

/** What is needed of an issuer's metadata (OpenID Connect Discovery 1.0, section 3). */
const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * The keys of an issuer: given, by URL, or by the URL that its own metadata tells. Keys by URL are fetched once and kept for ten minutes; an unknown key id has them
 * fetched again, at most every 30 seconds, so that a flood of made-up ids reaches nobody.
 */
export function issuerKeys(issuer: JwtIssuer, clock: Clock): JWTVerifyGetKey {
  if (issuer.jwks !== undefined) return createLocalJWKSet(issuer.jwks as unknown as JSONWebKeySet);
  if (issuer.jwks_url !== undefined) return remoteKeys(issuer.jwks_url);
  return discoveredKeys(issuer.issuer, clock);
}

const remoteKeys = (url: string): JWTVerifyGetKey => createRemoteJWKSet(new URL(url), { timeoutDuration: TIMEOUT_MS });

function discoveredKeys(issuer: string, clock: Clock): JWTVerifyGetKey {
  let found: Promise<JWTVerifyGetKey> | undefined;
  let notBefore = 0;
  const find = (): Promise<JWTVerifyGetKey> => {
    if (clock.monotonic() < notBefore) throw failure('auth.unavailable', { message: 'the issuer’s metadata could not be read a moment ago', retryAfterMs: AGAIN_MS });
    return discover(issuer).catch((error: unknown) => {
      found = undefined;
      notBefore = clock.monotonic() + AGAIN_MS;
      throw error;
    });
  };
  return async (header, token) => (await (found ??= find()))(header, token);
}

/** The document must be of the very issuer that was asked, or anybody's host could speak for it. */
async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS), headers: { accept: 'application/json' } });
  const told = metadata.safeParse(response.ok ? await response.json() : undefined);
  if (!told.success || told.data.issuer !== issuer) throw failure('auth.unavailable', { message: 'the issuer’s metadata is none of this issuer' });
  return remoteKeys(told.data.jwks_uri);
}
