import { setTimeout as pause } from 'node:timers/promises';
import type { Book, SeenFrame } from './book.js';
import type { GatewayClient } from './gateway-client.js';

const RECONNECT_MS = 100;

/**
 * Follows an execution over server-sent events to its end, reconnecting from the sequence seen last. Every connection must bring each
 * frame once, in order, without a gap: what does not is a fault in the book.
 */
export async function watchEvents(client: GatewayClient, executionId: string, book: Book, signal: AbortSignal): Promise<void> {
  const seen: SeenFrame[] = [];
  book.seen.set(executionId, seen);
  for (let ended = false; !ended && !signal.aborted; ) {
    try {
      ended = await follow(client, executionId, seen, book, signal);
    } catch {
      // A broken connection: go on from the last frame.
    }
    if (!ended) await pause(RECONNECT_MS);
  }
}

/** One connection; true when the execution's end was told. */
async function follow(client: GatewayClient, executionId: string, seen: SeenFrame[], book: Book, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`${client.baseUrl}/v1/executions/${executionId}/events?from_seq=${seen.length}`, { headers: { ...client.authorization, accept: 'text/event-stream' }, signal });
  if (response.status === 204) return true;
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    return false;
  }
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) if (take(block, executionId, seen, book)) return true;
  }
  return false;
}

/** True for the end. */
function take(block: string, executionId: string, seen: SeenFrame[], book: Book): boolean {
  const event = /^event: ?(\w+)/m.exec(block)?.[1];
  const data = /^data: ?(.*)$/m.exec(block)?.[1];
  if (event === 'end') return true;
  if (event !== 'frame' || data === undefined) return false;
  const { seq, hash } = JSON.parse(data) as SeenFrame;
  if (seq !== seen.length) book.faults.push(`events of ${executionId}: frame ${seq} came where ${seen.length} belongs`);
  seen.push({ seq, hash });
  return false;
}
