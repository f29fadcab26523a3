import { failure } from '@symphainy/contracts';
import { asPlatformError } from '@symphainy/kernel';
import type { Clock, PlatformError } from '@symphainy/kernel';
import type { RawData, WebSocket } from 'ws';
import type { Authenticated } from '../auth/authenticated.js';
import { check } from '../http/input.js';
import { problemOf } from '../http/problem.js';
import { HEARTBEAT_MS } from './heartbeat.js';
import { type ClientMessage, clientMessage, type ServerMessage } from './stream-messages.js';
import { admitStream, type WatchEvent, type WatchService } from './watch.service.js';

/** How long a connection may stay without credentials. */
const AUTH_MS = 10_000;
const MAX_SUBSCRIPTIONS = 100;

/** Close codes (RFC 6455; 4000 and up are ours). */
const CLOSE = { policy: 1008, restart: 1012 } as const;
/** A peer that does not answer the close in this time is cut off. */
const CLOSE_MS = 1000;

export interface StreamServices {
  readonly watches: WatchService;
  readonly clock: Clock;
  readonly maxStreams: number;
  authenticate(credentials: string): Authenticated | Promise<Authenticated>;
  refused(error: PlatformError, auth: Authenticated | undefined, correlationId: string): void;
}

/**
 * One WebSocket: credentials first (from the upgrade or as first message), then any number of subscriptions (at most 100), each a watch.
 * Back-pressure: each subscription sends its next frame when the last one left for the network.
 */
export class StreamConnection {
  private readonly subscriptions = new Map<string, AbortController>();
  private readonly timers: (() => void)[] = [];
  private alive = true;
  /** Messages are handled in the order in which they came: one may follow its credentials without waiting for the answer. */
  private turn = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    private readonly services: StreamServices,
    private readonly correlationId: string,
    private auth: Authenticated | undefined,
  ) {
    socket.on('message', (data) => void (this.turn = this.turn.then(() => this.receive(data))));
    socket.on('pong', () => (this.alive = true));
    socket.on('close', () => this.end());
    socket.on('error', () => socket.terminate());
    this.timers.push(services.clock.every(HEARTBEAT_MS, () => void this.beat()));
    if (auth === undefined) this.timers.push(services.clock.after(AUTH_MS, () => this.auth ?? this.refuse(failure('auth.missing', { message: 'no credentials came in time', fix: 'send {"type":"auth","token":…} first' }))));
    else void this.send({ type: 'ready', tenant_id: auth.caller.tenant_id, user_id: auth.caller.user_id });
  }

  /** The service stops: the client is told to come back. */
  restart(): void {
    this.socket.close(CLOSE.restart, 'the gateway restarts');
    this.timers.push(this.services.clock.after(CLOSE_MS, () => this.socket.terminate()));
  }

  /** While a message is handled nothing more is read, so that what waits its turn is no more than what had arrived. */
  private async receive(data: RawData): Promise<void> {
    this.socket.pause();
    try {
      await this.handle(messageIn(data));
    } catch (error) {
      this.complain(asPlatformError(error));
    } finally {
      this.socket.resume();
    }
  }

  private async handle(message: ClientMessage): Promise<void> {
    if (message.type === 'auth') return this.identify(message.token);
    if (this.auth === undefined) throw failure('auth.missing', { fix: 'send {"type":"auth","token":…} first' });
    if (message.type === 'unsubscribe') return this.unsubscribe(message.execution_id);
    this.subscribe(this.auth, message.execution_id, message.from_seq);
  }

  /** Fresh credentials of the same caller extend the connection; another caller's are refused. */
  private async identify(token: string): Promise<void> {
    const found = await this.services.authenticate(token);
    const now = this.auth?.caller;
    if (now !== undefined && (now.tenant_id !== found.caller.tenant_id || now.user_id !== found.caller.user_id)) throw failure('auth.invalid', { message: 'the connection belongs to another caller' });
    this.auth = found;
    await this.send({ type: 'ready', tenant_id: found.caller.tenant_id, user_id: found.caller.user_id });
  }

  private subscribe(auth: Authenticated, executionId: string, fromSeq: number): void {
    if (this.subscriptions.size >= MAX_SUBSCRIPTIONS) throw failure('request.rate_limited', { message: `a connection carries at most ${MAX_SUBSCRIPTIONS} subscriptions`, details: { execution_id: executionId } });
    admitStream(this.services.watches.count, this.services.maxStreams);
    this.subscriptions.get(executionId)?.abort();
    const ending = new AbortController();
    this.subscriptions.set(executionId, ending);
    void this.forward(auth, executionId, fromSeq, ending);
  }

  private async forward(auth: Authenticated, executionId: string, fromSeq: number, ending: AbortController): Promise<void> {
    try {
      for await (const event of this.services.watches.watch({ caller: auth.caller, executionId, fromSeq, signal: ending.signal })) {
        if (ending.signal.aborted) return;
        await this.send(messageOf(event, executionId));
      }
    } catch (error) {
      this.complain(asPlatformError(error), executionId);
    } finally {
      if (this.subscriptions.get(executionId) === ending) this.subscriptions.delete(executionId);
    }
  }

  private async unsubscribe(executionId: string): Promise<void> {
    this.subscriptions.get(executionId)?.abort();
    this.subscriptions.delete(executionId);
    await this.send({ type: 'unsubscribed', execution_id: executionId });
  }

  /** Resolves when the message has left for the network, or the connection is gone. */
  private send(message: ServerMessage): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message), () => resolve());
      else resolve();
    });
  }

  /** Tells a problem; one of credentials ends the connection. */
  private complain(error: PlatformError, executionId?: string): void {
    if (error.code.startsWith('auth.')) return this.refuse(error);
    this.services.refused(error, this.auth, this.correlationId);
    void this.send({ type: 'problem', ...(executionId === undefined ? {} : { execution_id: executionId }), problem: this.problem(error) });
  }

  private refuse(error: PlatformError): void {
    this.services.refused(error, this.auth, this.correlationId);
    void this.send({ type: 'problem', problem: this.problem(error) }).then(() => this.socket.close(CLOSE.policy, error.code));
  }

  private problem(error: PlatformError): ReturnType<typeof problemOf> {
    return problemOf(error, { path: '/v1/stream', correlationId: this.correlationId });
  }

  /** A peer that answered no ping since the last beat is gone; credentials that no longer hold end the connection. */
  private async beat(): Promise<void> {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
    try {
      if (this.auth !== undefined) await this.services.authenticate(this.auth.credentials);
    } catch (error) {
      this.refuse(asPlatformError(error));
    }
  }

  private end(): void {
    for (const cancel of this.timers) cancel();
    for (const ending of this.subscriptions.values()) ending.abort();
    this.subscriptions.clear();
  }
}

function messageIn(data: RawData): ClientMessage {
  const text = Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data as ArrayBuffer).toString('utf8');
  return check(clientMessage, jsonIn(text), '');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure('request.malformed', { message: 'a message on the stream is JSON text', cause: error });
  }
}

function messageOf(event: WatchEvent, execution_id: string): ServerMessage {
  switch (event.kind) {
    case 'open':
      return { type: 'subscribed', execution_id };
    case 'frame':
      return { type: 'frame', execution_id, frame: event.frame };
    case 'end':
      return { type: 'end', execution_id, status: event.status, last_seq: event.last_seq };
  }
}
