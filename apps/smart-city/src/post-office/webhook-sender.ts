import { request as requestHttp, Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps, Agent as HttpsAgent } from 'node:https';
import { HTTP } from 'cloudevents';
import { PlatformError, type Clock } from '@symphainy/kernel';
import { guardedLookup, type AllowedTargets } from '@symphainy/outbound';
import type { PlatformEvent } from './event-matching.js';
import type { Subscription, Target } from './subscription.schema.js';
import { signatureHeaders, type SecretBook, type WebhookSecrets } from './webhook-signing.js';
import { checkWebhook, webhookRefusal } from './webhook-target.js';

/** What became of one try. `gone`: the receiver wants no more of it; `unreachable`: nobody was there. */
export type DeliveryResult =
  | { readonly ok: true; readonly status?: number }
  | { readonly ok: false; readonly status?: number; readonly reason: string; readonly gone?: boolean; readonly unreachable?: boolean; readonly retryAfterMs?: number };

export interface WebhookOptions {
  readonly clock: Clock;
  readonly secrets: SecretBook;
  readonly allowed: AllowedTargets;
  readonly timeoutMs: number;
  /** Connections at once to one receiver. */
  readonly connections: number;
}

type Webhook = Extract<Target, { kind: 'webhook' }>;

/** Posts events to webhooks: CloudEvents over HTTP, signed as Standard Webhooks has it. Redirects are not followed; what a receiver says beyond its status is not read. */
export class WebhookSender {
  private readonly agents;

  constructor(private readonly options: WebhookOptions) {
    const pool = { keepAlive: true, maxSockets: options.connections, timeout: options.timeoutMs };
    this.agents = { 'http:': new HttpAgent(pool), 'https:': new HttpsAgent(pool) };
  }

  async send(subscription: Subscription, webhook: Webhook, event: PlatformEvent): Promise<DeliveryResult> {
    try {
      const url = checkWebhook(webhook.url, this.options.allowed);
      const message = HTTP[webhook.mode](event as never);
      const body = Buffer.from(message.body as string);
      const signature = signatureHeaders({ id: event.id, atMs: this.options.clock.now(), body, secrets: this.secretsOf(subscription), schemes: webhook.signatures });
      const headers = { ...(message.headers as Record<string, string>), ...signature, 'content-length': String(body.length), 'user-agent': 'Symphainy-Post-Office/1' };
      return await this.post(url, headers, body);
    } catch (error) {
      return refusalOf(error);
    }
  }

  close(): void {
    this.agents['http:'].destroy();
    this.agents['https:'].destroy();
  }

  /** After a rotation both secrets sign, until the old one's time is over. */
  private secretsOf(subscription: Subscription): WebhookSecrets[] {
    const { secret_version: version, overlap_until: until } = subscription;
    const overlaps = until !== undefined && version > 1 && this.options.clock.now() < Date.parse(until);
    return (overlaps ? [version, version - 1] : [version]).map((v) => this.options.secrets.of(subscription, v));
  }

  private post(url: URL, headers: Record<string, string>, body: Buffer): Promise<DeliveryResult> {
    const { timeoutMs, allowed } = this.options;
    return new Promise((resolve, reject) => {
      const about = { method: 'POST', headers, lookup: guardedLookup(url, allowed, webhookRefusal) };
      const request: ClientRequest = url.protocol === 'https:' ? requestHttps(url, { ...about, agent: this.agents['https:'] }) : requestHttp(url, { ...about, agent: this.agents['http:'] });
      const cancel = this.options.clock.after(timeoutMs, () => request.destroy(Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' })));
      request.once('response', (response) => {
        cancel();
        discard(response);
        resolve(resultOf(response));
      });
      request.once('error', (error) => {
        cancel();
        reject(error);
      });
      request.end(body);
    });
  }
}

const LONGEST_ANSWER = 64 * 1024;

/** Reads the answer away, so that the connection serves again; one that goes on and on is cut. */
function discard(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LONGEST_ANSWER) response.destroy();
  });
  response.on('error', () => response.destroy());
}

const GONE = 410;

function resultOf({ statusCode: status = 0, headers }: IncomingMessage): DeliveryResult {
  if (status >= 200 && status < 300) return { ok: true, status };
  const wait = Number(headers['retry-after']);
  const reason = status >= 300 && status < 400 ? `answered ${status}: redirects are not followed` : `answered ${status}`;
  return { ok: false, status, reason, ...(status === GONE ? { gone: true } : {}), ...(Number.isFinite(wait) && wait > 0 ? { retryAfterMs: Math.min(wait, 86_400) * 1000 } : {}) };
}

function refusalOf(error: unknown): DeliveryResult {
  if (error instanceof PlatformError) return { ok: false, reason: error.message };
  const { code, message } = error as NodeJS.ErrnoException;
  return { ok: false, reason: code ?? message, unreachable: true };
}
