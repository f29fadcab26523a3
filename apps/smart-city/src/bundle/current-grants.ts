import type { Grant } from '@symphainy/contracts';

/** A request that nobody decided within this long can no longer be approved. */
export const REQUEST_LIMIT_MS = 7 * 86_400_000;

/** What of the grants goes into a bundle made at `at`: what holds, and what was asked for or decided lately. */
export const currentGrants = (grants: readonly Grant[], at: string): Grant[] =>
  grants.filter(({ status, expires_at, requested_at }) => (status === 'approved' ? at < (expires_at ?? '') : Date.parse(at) - Date.parse(requested_at) <= REQUEST_LIMIT_MS));
