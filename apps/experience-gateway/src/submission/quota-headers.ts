import type { QuotaStanding } from '@symphainy/contracts';

/** What is left of a tenant's day, in the fields of draft-ietf-httpapi-ratelimit-headers: the policy's quota `q` over a day, what remains `r`, and the seconds `t` until it begins anew. */
export const quotaHeaders = ({ limit, remaining, reset_s }: QuotaStanding): { 'ratelimit-policy': string; ratelimit: string } => ({
  'ratelimit-policy': `"executions";q=${limit};w=86400`,
  ratelimit: `"executions";r=${remaining};t=${reset_s}`,
});
