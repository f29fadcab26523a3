import { Controller, Inject, Req, Res } from '@nestjs/common';
import { asPlatformError } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Authenticator } from '../auth/authenticator.js';
import type { Authenticated } from '../auth/authenticated.js';
import type { GatewayEnv } from '../gateway.env.js';
import { Edge } from '../http/edge.js';
import { problemOf } from '../http/problem.js';
import { Checked, type Input, Serves } from '../http/operation.js';
import { watchEvents } from '../routes/executions.operations.js';
import { Heartbeat } from './heartbeat.js';
import { admitStream, type WatchEvent, WatchService } from './watch.service.js';

/** Browsers reconnect after this long. */
const RETRY_MS = 1000;

/** GET /v1/executions/{id}/events: the watch as server-sent events. */
@Controller()
export class EventsController {
  private readonly open = new Set<AbortController>();

  constructor(
    @Inject(HOST) private readonly host: ServiceHost<GatewayEnv>,
    @Inject(WatchService) private readonly watches: WatchService,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(Edge) edge: Edge,
  ) {
    edge.endWhenDraining(() => {
      for (const stream of this.open) stream.abort();
    });
  }

  @Serves(watchEvents)
  async events(@Checked(watchEvents) input: Input<typeof watchEvents>, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    admitStream(this.watches.count, this.host.env.MAX_STREAMS);
    const seen = lastEventId(request);
    const ending = new AbortController();
    const events = this.watches.watch({ caller: input.auth.caller, executionId: input.params.execution_id, fromSeq: seen === undefined ? (input.query.from_seq ?? 0) : seen + 1, signal: ending.signal });
    reply.raw.once('close', () => void this.leave(events, ending));
    const first = await events.next();
    if (first.done === true || (seen !== undefined && first.value.kind === 'open' && first.value.over)) return void reply.status(204).send();
    this.open.add(ending);
    reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    await reply.send(Readable.from(this.lines(input, events), { objectMode: false, highWaterMark: 64 * 1024 }));
  }

  /** The stream's text. Credentials are looked at with each heartbeat: a stream does not outlive them. */
  private async *lines(input: Input<typeof watchEvents>, events: AsyncGenerator<WatchEvent, void, void>): AsyncGenerator<string> {
    const heartbeat = new Heartbeat(this.host.clock);
    try {
      yield `retry: ${RETRY_MS}\n\n`;
      let next = events.next();
      for (;;) {
        const beat = await heartbeat.or(next);
        if (beat === 'beat') yield await this.stillAllowed(input.auth);
        else if (beat.done === true) return;
        else {
          if (beat.value.kind !== 'open') yield textOf(beat.value, input.params.execution_id);
          next = events.next();
        }
      }
    } catch (error) {
      yield `event: problem\ndata: ${JSON.stringify(problemOf(asPlatformError(error), { path: `/v1/executions/${input.params.execution_id}/events`, correlationId: input.correlationId }))}\n\n`;
    }
  }

  /** The answer is over, however it ended: the watch is given up. */
  private async leave(events: AsyncGenerator<WatchEvent, void, void>, ending: AbortController): Promise<void> {
    this.open.delete(ending);
    ending.abort();
    await events.return();
  }

  private async stillAllowed(auth: Authenticated): Promise<string> {
    await this.authenticator.verify(auth.credentials);
    return ': still here\n\n';
  }
}

function textOf(event: Exclude<WatchEvent, { kind: 'open' }>, executionId: string): string {
  if (event.kind === 'end') return `event: end\ndata: ${JSON.stringify({ execution_id: executionId, status: event.status, last_seq: event.last_seq })}\n\n`;
  return `id: ${event.frame.seq}\nevent: frame\ndata: ${JSON.stringify(event.frame)}\n\n`;
}

function lastEventId(request: FastifyRequest): number | undefined {
  const sent = request.headers['last-event-id'];
  return typeof sent === 'string' && /^\d{1,9}$/.test(sent) ? Number(sent) : undefined;
}
