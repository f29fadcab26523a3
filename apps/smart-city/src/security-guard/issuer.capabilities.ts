import { failure, jwtIssuer, type JwtIssuer } from '@symphainy/contracts';
import { z } from 'zod';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { requirePlatform } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Keys that came over a line anybody could change would let anybody in. This machine's own line is nobody else's. */
function requireSafeUrl(text: string, field: string): void {
  const url = URL.parse(text);
  if (url === null) throw failure('governance.invalid', { message: 'this is no URL', field });
  if (url.protocol !== 'https:' && !LOOPBACK.test(url.hostname)) throw failure('governance.invalid', { message: 'keys are fetched by https only', field });
}

/** A key set is given, named by URL, or found through the issuer's own metadata, for which the issuer must be a URL. */
export function checkIssuer(issuer: JwtIssuer): void {
  if (issuer.jwks_url !== undefined) requireSafeUrl(issuer.jwks_url, '/jwks_url');
  else if (issuer.jwks === undefined) requireSafeUrl(issuer.issuer, '/issuer');
}

const keyOf = ({ issuer, audience }: Pick<JwtIssuer, 'issuer' | 'audience'>): string => `${issuer} ${audience}`;

const issuerRule = changeRule<JwtIssuer | null>({
  name: 'jwt_issuer',
  value: jwtIssuer.nullable(),
  apply: (catalogue, key, value) => {
    if (value !== null) return put('jwt_issuer', value);
    return catalogue.get('jwt_issuer', key) === undefined ? undefined : { kind: 'jwt_issuer', key, value: undefined };
  },
});

const trustIssuer = governedTask({
  intent: 'governance.trust_issuer',
  description: 'Trusts a JWT issuer to speak for tenants, or changes what is known of it. Keys by URL, given, or by the issuer’s own metadata.',
  input: jwtIssuer,
  changes: (payload, context) => {
    requirePlatform(context.tenant_id);
    checkIssuer(payload);
    return [recordedChange(issuerRule, keyOf(payload), payload)];
  },
});

const distrustIssuer = governedTask({
  intent: 'governance.distrust_issuer',
  description: 'Trusts a JWT issuer no longer: its tokens are refused at once.',
  input: z.object({ issuer: jwtIssuer.shape.issuer, audience: jwtIssuer.shape.audience }),
  changes: (payload, context) => {
    requirePlatform(context.tenant_id);
    return [recordedChange(issuerRule, keyOf(payload), null)];
  },
});

export const issuerCapabilities = [trustIssuer, distrustIssuer];
export const issuerRules = [issuerRule];
