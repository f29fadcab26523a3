import { failure } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';

/** The header as a JSON Pointer, for whoever is told what is wrong with it. */
export const KEY_FIELD = '/headers/idempotency-key';

/** An idempotency key comes in a header, as often as that was sent, or in the body. One that is empty would protect nobody from anything: it is refused, as are two that differ. */
export function idempotencyKey(headers: readonly string[] | undefined, body?: string): string | undefined {
  if (headers === undefined) return body;
  const [sent = ''] = headers;
  if (sent === '') throw invalidKey('it is empty: send a key that is unique to the request, or no such header');
  if (sent.length > 200) throw invalidKey('it holds more than 200 characters');
  if (headers.some((other) => other !== sent)) throw invalidKey('it was sent more than once, with different keys');
  if (body !== undefined && body !== sent) throw invalidKey('it differs from idempotency_key in the body');
  return sent;
}

const invalidKey = (why: string): PlatformError => failure('request.invalid', { field: KEY_FIELD, message: `Idempotency-Key: ${why}` });
