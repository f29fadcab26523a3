import { checkTarget, type AllowedTargets, type Refusal } from '@symphainy/outbound';

/** How it is told that a webhook may not go somewhere. */
export const webhookRefusal: Refusal = { code: 'webhook.target_refused', field: '/target/url' };

/** `webhook.target_refused` for what can be told from the URL alone. */
export const checkWebhook = (url: string, allowed: AllowedTargets): URL => checkTarget(url, allowed, webhookRefusal);
