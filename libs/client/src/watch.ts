import type { CommittedFrame, ExecutionStatus } from '@symphainy/contracts';
import { serverEvents, type ServerEvent } from './event-stream.js';
import { ProblemError } from './problem-error.js';
import type { Transport } from './transport.js';

export interface WatchOptions {
  /** The first sequence number wanted. Default 0: from the start. */
  readonly fromSeq?: number;
  readonly signal?: AbortSignal;
  /** The stream is open (again). */
  readonly onOpen?: () => void;
  /** The stream broke and is opened again in `delayMs`. */
  readonly onRetry?: (delayMs: number) => void;
}

/** How a watch ended. `status` is undefined when everything was received before. */
export interface WatchEnd {
  readonly status: ExecutionStatus | undefined;
  readonly last_seq: number;
}

const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 5000;
/** The gateway sends something every 15 s; after three silences the connection is dead. */
const SILENCE_MS = 45_000;

interface Place {
  next: number;
  delayMs: number;
}

/**
 * The frames of an execution, live: each once, in order. Broken connections are opened again where the last one stopped; a problem that
 * trying again cannot cure is thrown. Ends with the execution, or quietly when the signal aborts.
 */
export async function* watch(transport: Transport, executionId: string, options: WatchOptions = {}): AsyncGenerator<CommittedFrame, WatchEnd, void> {
  const place: Place = { next: options.fromSeq ?? 0, delayMs: FIRST_DELAY_MS };
  for (;;) {
    if (aborted(options)) return { status: undefined, last_seq: place.next - 1 };
    const end = yield* connection(transport, executionId, options, place);
    if (end !== undefined) return end;
    if (aborted(options)) continue;
    options.onRetry?.(place.delayMs);
    await pause(place.delayMs, options.signal);
    place.delayMs = Math.min(LAST_DELAY_MS, place.delayMs * 2);
  }
}

/** One connection's frames; undefined when it broke. */
async function* connection(transport: Transport, executionId: string, options: WatchOptions, place: Place): AsyncGenerator<CommittedFrame, WatchEnd | undefined, void> {
  const silence = new Silence(options.signal);
  try {
    const response = await transport.send({ method: 'GET', path: `/v1/executions/${executionId}/events`, query: { from_seq: place.next }, headers: { accept: 'text/event-stream' }, signal: silence.signal });
    options.onOpen?.();
    if (response.body === null) return { status: undefined, last_seq: place.next - 1 };
    for await (const event of serverEvents(response.body)) {
      silence.broken();
      const frame = frameIn(event, place);
      if (frame === 'gap') return undefined;
      if (frame !== undefined) yield frame;
      if (event.event === 'end') return JSON.parse(event.data) as WatchEnd;
      if (event.event === 'problem') throw new ProblemError(JSON.parse(event.data) as ProblemError['problem']);
    }
    return undefined;
  } catch (error) {
    if (aborted(options) || isPassing(error)) return undefined;
    throw error;
  } finally {
    silence.over();
  }
}

/** The frame of an event if it is the next one; a known one is passed over. */
function frameIn(event: ServerEvent, place: Place): CommittedFrame | 'gap' | undefined {
  if (event.event !== 'frame') return undefined;
  const frame = JSON.parse(event.data) as CommittedFrame;
  if (frame.seq < place.next) return undefined;
  if (frame.seq > place.next) return 'gap';
  place.next = frame.seq + 1;
  place.delayMs = FIRST_DELAY_MS;
  return frame;
}

const aborted = (options: WatchOptions): boolean => options.signal?.aborted === true;

/** How fetch names a connection that could not be made, broke, or was ended by the silence. */
const BROKEN = new Set(['TypeError', 'AbortError', 'NetworkError']);

/** A problem that says when to come back, or a broken connection. */
const isPassing = (error: unknown): boolean => (error instanceof ProblemError ? error.retryAfterMs !== undefined : BROKEN.has(String((error as { name?: unknown } | null)?.name)));

/** Ends a connection that says nothing for too long, or when the caller wishes. */
class Silence {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout>;
  private readonly stop = (): void => this.controller.abort();

  constructor(private readonly outer: AbortSignal | undefined) {
    this.timer = setTimeout(this.stop, SILENCE_MS);
    outer?.addEventListener('abort', this.stop);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  broken(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.stop, SILENCE_MS);
  }

  over(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.stop);
    this.controller.abort();
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
