/**
 * experience-gateway: the platform's face. REST under /v1, SSE and WebSocket streams, the console's files.
 *
 * It authenticates, checks shapes, asks the Runtime and streams what was committed. It stores nothing and decides nothing but who calls
 * and whether a request is well-formed.
 *
 * Invariants:
 * 1. Every route passes the caller guard before its body is read, or says that it is public.
 * 2. No message goes to a realm; the subject catalogue has no such arrow.
 * 3. A submission carries an intent id that the gateway knows before it asks, so asking twice is one execution.
 * 4. A denied upload stores no byte.
 * 5. A stream hands out each committed frame once, in order; a lost hint delays and never loses.
 */
export { gatewayService } from './gateway.service.js';
