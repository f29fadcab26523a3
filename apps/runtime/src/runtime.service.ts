import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { failure } from '@symphainy/contracts';
import type { HotState, ObjectStore, StateGraph } from '@symphainy/ports';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { ObjectEndpoint, type HttpServer } from './data-brain/object-endpoint.js';
import { ObjectTickets } from './data-brain/object-tickets.js';
import { serveIntake } from './intake/intake.js';
import { noCounters } from './intake/intake.ports.js';
import { openPersonalData } from './personal-data/open-personal-data.js';
import type { RuntimeEnv } from './runtime.env.js';
import { beginLife, type Life } from './runtime-life.js';
import { GRAPH, HOT_STATE, OBJECTS } from './runtime.tokens.js';

const REBIRTH_MS = 1000;

/**
 * The runtime as a service: one life after another. A life holds one lease; when it is lost (the process was frozen, the database away
 * for too long), everything in memory is let go and a new life begins as a new writer, while intake goes on answering.
 */
@Injectable()
export class RuntimeService implements OnModuleInit, OnApplicationBootstrap {
  private life: Life | undefined;
  private stopping = false;
  private readonly counters = noCounters();
  private readonly personal: ReturnType<typeof openPersonalData>;

  constructor(
    @Inject(HOST) private readonly host: ServiceHost<RuntimeEnv>,
    @Inject(OBJECTS) private readonly objects: ObjectStore,
    @Inject(HOT_STATE) private readonly hot: HotState,
    @Inject(GRAPH) private readonly graph: StateGraph | undefined,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
  ) {
    const { env, clock, ids, logger } = host;
    this.personal = openPersonalData({ url: env.DATABASE_URL, roleKey: env.DATABASE_ROLE_KEY, secret: env.PERSONAL_DATA_KEY, previous: env.PERSONAL_DATA_KEY_PREVIOUS, clock, ids, onIdleError: (err) => logger.warn({ err }, 'a database connection broke') });
  }

  onModuleInit(): void {
    const { clock, logger, env } = this.host;
    const endpoint = new ObjectEndpoint({ objects: this.objects, tickets: new ObjectTickets(env.RUNTIME_TOKEN_KEY), sealed: this.personal.personal.objects, clock, logger, onChanged: (ticket, error) => this.current().core.refusals.refuse({ tenant_id: ticket.tenant_id, user_id: 'realm' }, `read object ${ticket.hash ?? ''} for ${ticket.execution_id}`, error) });
    endpoint.mount(this.http.httpAdapter.getInstance<HttpServer>());
  }

  async onApplicationBootstrap(): Promise<void> {
    this.host.readiness('log', () => this.life !== undefined);
    this.host.readiness('bundle', () => this.life?.core.bundles.current !== undefined);
    this.gauges();
    await this.begin(this.host.instanceId);
    serveIntake(this.host.channels, () => this.current().core.handlers);
    this.host.onDrain(async () => {
      this.stopping = true;
      await this.life?.end();
      await this.hot.close();
      await this.graph?.close();
      await this.personal.close();
    });
  }

  private current(): Life {
    if (this.life === undefined) throw failure('runtime.unavailable', { message: 'this runtime is taking a new lease', retryAfterMs: REBIRTH_MS });
    return this.life;
  }

  private async begin(writerId: string): Promise<void> {
    const life = await beginLife({ host: this.host, objects: this.objects, hot: this.hot, ...(this.graph === undefined ? {} : { graph: this.graph }), counters: this.counters, personal: this.personal.personal, writerId });
    this.life = life;
    this.host.logger.info({ writer: writerId }, 'a lease was taken');
    void life.lost.then(() => this.renew(life));
  }

  private async renew(ended: Life): Promise<void> {
    if (this.stopping) return;
    this.host.logger.error({ code: 'runtime.fenced', writer: ended.writerId }, 'the lease was lost; another runtime has what was in flight, and this one begins anew');
    this.life = undefined;
    await ended.end().catch((error: unknown) => this.host.logger.warn({ err: error }, 'a lost life did not end in order'));
    await this.beginAgain();
  }

  private async beginAgain(): Promise<void> {
    while (!this.stopping) {
      try {
        return await this.begin(this.host.ids.next());
      } catch (error) {
        this.host.logger.warn({ err: error }, 'a new lease cannot be taken yet');
        await new Promise<void>((resolve) => void this.host.clock.after(REBIRTH_MS, resolve));
      }
    }
  }

  private gauges(): void {
    const { metrics } = this.host;
    const { executions, dispatch } = this.counters;
    metrics.gauge('symphainy_executions_in_flight', 'Executions this runtime owns', () => executions.in_flight);
    metrics.gauge('symphainy_submissions_queued', 'Submissions that wait for their tenant’s turn at this runtime', () => executions.queued);
    metrics.gauge('symphainy_submissions_turned_away_total', 'Submissions answered 429 before acceptance by this runtime', () => executions.turned_away);
    for (const name of ['accepted', 'rejected', 'completed', 'failed', 'cancelled', 'parked', 'woken'] as const) metrics.gauge(`symphainy_executions_${name}_total`, `Executions ${name} by this runtime`, () => executions[name]);
    for (const name of ['sent', 'followed', 'redispatched', 'outcomes_dropped', 'realm_unavailable'] as const) metrics.gauge(`symphainy_dispatch_${name}_total`, `Dispatches: ${name.replace('_', ' ')}`, () => dispatch[name]);
  }
}
