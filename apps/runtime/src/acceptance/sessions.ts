import { failure, type Caller, type Session, type SubjectRequest, type TrafficRules } from '@symphainy/contracts';
import { decodeBody, foldSession, type SessionState } from '@symphainy/execution';
import type { Clock, IdSource } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';
import type { WalReader } from './log.ports.js';
import type { BundleHolder } from './bundle-holder.js';
import type { RefusalLog } from './refusal-log.js';
import type { StreamAppender } from './stream-appender.js';

const SESSIONS_MAX = 50_000;
/** How long another runtime's closing of a session may go unnoticed here. */
const SESSION_TTL_MS = 1000;

/** Sessions: their stream holds their lifecycle only. A session never changes tenant or user. */
export class Sessions {
  private readonly cache: LRUCache<string, SessionState>;
  /** Reads under way: however many ask for a session at once, the log is asked once, and the others' sessions do not wait behind. */
  private readonly reading = new Map<string, Promise<SessionState | undefined>>();
  /** When this runtime last took an intent of a session that has a time of idleness (wall clock). */
  private readonly used = new LRUCache<string, number>({ maxSize: SESSIONS_MAX, sizeCalculation: () => 1 });

  constructor(
    private readonly deps: { appender: StreamAppender; reader: WalReader; bundles: BundleHolder; refusals: RefusalLog; ids: IdSource; clock: Clock; /** When any runtime last took an intent of it. */ lastIntent: (caller: Caller, sessionId: string) => Promise<number | undefined> },
  ) {
    // bounded by size, which grows as it fills: by `max`, all places would be made at every start; resolution 0: no timer beside the clock
    this.cache = new LRUCache({ maxSize: SESSIONS_MAX, sizeCalculation: () => 1, ttl: SESSION_TTL_MS, ttlResolution: 0, perf: { now: () => deps.clock.monotonic() } });
  }

  async create({ caller, context }: SubjectRequest<'runtime.session.create'>): Promise<Session> {
    await this.requireTenant(caller);
    const { appender, ids } = this.deps;
    const session = { session_id: ids.next(), tenant_id: caller.tenant_id, user_id: caller.user_id, created_at: appender.now(), context };
    const place = { tenantId: caller.tenant_id, streamId: session.session_id, kind: 'session' as const, sessionId: session.session_id };
    const { seq, hash } = await appender.append(place, [{ type: 'session_created', at: session.created_at, actor: actorOf(caller), session, caller }]);
    this.remember({ ...session, head: { seq, hash } });
    return { ...session, active_sagas: [] };
  }

  /** Closing a closed session changes nothing. A lost race is re-read and tried again. */
  async close({ caller, session_id, reason }: SubjectRequest<'runtime.session.close'>): Promise<Session> {
    for (;;) {
      this.cache.delete(keyOf(caller.tenant_id, session_id));
      const session = await this.own(caller, session_id, 'close');
      if (session.closed_at !== undefined) return shown(session);
      const place = { tenantId: caller.tenant_id, streamId: session_id, kind: 'session' as const, sessionId: session_id };
      const at = this.deps.appender.now();
      const { result, seq, hash } = await this.deps.appender.append(place, [{ type: 'session_closed', at, actor: actorOf(caller), reason }], session.head);
      if (result.status !== 'committed') continue;
      return shown(this.remember({ ...session, closed_at: at, head: { seq, hash } }));
    }
  }

  /** The caller's own session. Another user's or another tenant's is refused, and the refusal recorded. */
  async own(caller: Caller, sessionId: string, purpose: string): Promise<SessionState> {
    const session = await this.read(caller.tenant_id, sessionId);
    if (session === undefined) throw await this.deps.refusals.refuse(caller, `${purpose} session ${sessionId}`, failure('session.not_found', { field: '/session_id' }));
    if (session.user_id !== caller.user_id) throw await this.deps.refusals.refuse(caller, `${purpose} session ${sessionId}`, failure('session.foreign_user', { field: '/session_id' }));
    return session;
  }

  /** The session, closed if its time is over: Traffic Cop's rule. An intent that finds it in time keeps it from idling. */
  async inTime(caller: Caller, session: SessionState, rules: TrafficRules['sessions']): Promise<SessionState> {
    if (rules === undefined || session.closed_at !== undefined) return session;
    const over = await this.timeOver(caller, session, rules);
    if (over === undefined) return session;
    const { closed_at } = await this.close({ caller, session_id: session.session_id, reason: over });
    return { ...session, ...(closed_at === undefined ? {} : { closed_at }) };
  }

  private async timeOver(caller: Caller, { session_id, created_at }: SessionState, { max_age_s, idle_s }: NonNullable<TrafficRules['sessions']>): Promise<string | undefined> {
    const now = this.deps.clock.now();
    const created = Date.parse(created_at);
    if (max_age_s !== undefined && now - created > max_age_s * 1000) return `it is older than ${max_age_s} s`;
    if (idle_s === undefined) return undefined;
    const key = keyOf(caller.tenant_id, session_id);
    const since = now - idle_s * 1000;
    const used = Math.max(created, this.used.get(key) ?? 0);
    // only one that seems idle is looked up: another runtime may have taken its intents
    const last = used > since ? used : Math.max(used, (await this.deps.lastIntent(caller, session_id)) ?? 0);
    if (last <= since) return `it was idle for longer than ${idle_s} s`;
    this.used.set(key, now);
    return undefined;
  }

  private async read(tenantId: string, sessionId: string): Promise<SessionState | undefined> {
    const key = keyOf(tenantId, sessionId);
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const underWay = this.reading.get(key) ?? this.readLog(tenantId, sessionId).finally(() => this.reading.delete(key));
    this.reading.set(key, underWay);
    return underWay;
  }

  private async readLog(tenantId: string, sessionId: string): Promise<SessionState | undefined> {
    const frames = await this.deps.reader.readStream(tenantId, sessionId);
    if (frames[0]?.kind !== 'session') return undefined;
    const state = foldSession(frames.map((frame) => ({ seq: frame.seq, hash: frame.hash, records: decodeBody(frame.body) })));
    return state === undefined ? undefined : this.remember(state);
  }

  private remember(session: SessionState): SessionState {
    this.cache.set(keyOf(session.tenant_id, session.session_id), session);
    return session;
  }

  private async requireTenant(caller: Caller): Promise<void> {
    const tenant = this.deps.bundles.require().tenant(caller.tenant_id);
    if (tenant?.status === 'active') return;
    const message = tenant === undefined ? `City Manager knows no tenant ${caller.tenant_id}` : `the tenant is ${tenant.status}`;
    throw await this.deps.refusals.refuse(caller, 'create a session', failure('policy.denied', { message }));
  }
}

const keyOf = (tenantId: string, sessionId: string): string => `${tenantId}/${sessionId}`;

const shown = ({ head: _, ...session }: SessionState): Session => ({ ...session, active_sagas: [] });

/** Who a record is attributed to. */
export const actorOf = (caller: Caller): string => `${caller.auth === 'service' ? 'service' : 'user'}:${caller.user_id}`;
