import { errorCodes } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { silentLogger } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { echo } from '../testing/engine-bed.js';
import { alice, RuntimeBed, type BedRuntime } from '../testing/runtime-bed.js';
import { Admission, type AdmissionLimits } from './admission.js';

/** A door with executions that stay until they are told to leave. */
class Door {
  readonly clock = new ManualClock();
  readonly counters = { queued: 0, turned_away: 0 };
  readonly begun: string[] = [];
  private readonly inside = new Map<string, number>();
  private left: () => void = () => undefined;
  readonly admission: Admission;

  constructor(public limits: Partial<AdmissionLimits> = {}, runtimes = 1, capacity = 1000) {
    const running = { sizeOfCapability: (tenant: string) => this.inside.get(tenant) ?? 0, sizeOf: (tenant: string) => this.inside.get(tenant) ?? 0, onLeave: (listener: () => void) => void (this.left = listener), get size() { return total(); } };
    const total = (): number => [...this.inside.values()].reduce((sum, n) => sum + n, 0);
    this.admission = new Admission({
      clock: this.clock, logger: silentLogger, running, counters: this.counters, capacity, waitMs: 2000,
      limitsOf: () => ({ maxRunning: 10, maxQueued: 1000, perSecond: undefined, ...this.limits }),
      countRuntimes: () => Promise.resolve(runtimes),
    });
  }

  submit(tenant: string, name = tenant): Promise<void> {
    return this.admission.through(tenant, 'sample.run', async () => {
      this.begun.push(name);
      this.inside.set(tenant, (this.inside.get(tenant) ?? 0) + 1);
      await Promise.resolve();
    });
  }

  /** Submits, and does not care. */
  flood(tenant: string, count: number): Promise<PromiseSettledResult<void>[]> {
    return Promise.allSettled(Array.from({ length: count }, (_, i) => this.submit(tenant, `${tenant}${i}`)));
  }

  leave(tenant: string): void {
    this.inside.set(tenant, (this.inside.get(tenant) ?? 0) - 1);
    this.left();
  }

  async turns(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
}

describe('admission', () => {
  it('room - nobody waits for anybody', async () => {
    const door = new Door();
    await door.flood('a', 10);
    expect(door.begun).toHaveLength(10);
    expect(door.counters).toEqual({ queued: 0, turned_away: 0 });
  });

  it('a bound of one capability - turns away at once, and holds up no other work of the tenant', async () => {
    const door = new Door({ capabilities: [{ capability: 'sample.bounded', max_running: 2, max_submissions_per_s: 3 }] });
    await door.flood('a', 2);
    const enter = (capability: string): Promise<string> => door.admission.through('a', capability, () => Promise.resolve('in'));
    await expect(enter('sample.bounded')).rejects.toMatchObject({ code: 'capability.overloaded', retry: { mode: 'retryable' } });
    await expect(enter('sample.free')).resolves.toBe('in');
    door.leave('a');
    for (let i = 0; i < 3; i++) await expect(enter('sample.bounded')).resolves.toBe('in');
    await expect(enter('sample.bounded')).rejects.toMatchObject({ code: 'request.rate_limited' });
    expect(door.admission.takePressed()).toEqual([]);
  });

  it('a tenant that is turned away - is told of once, with the time for which that is so', async () => {
    const door = new Door({ maxRunning: 1, maxQueued: 1 });
    void door.flood('a', 3);
    await door.turns();
    expect(door.admission.takePressed()).toEqual([{ tenant_id: 'a', code: 'tenant.overloaded', for_ms: 1000 }]);
    expect(door.admission.takePressed()).toEqual([]);
  });

  it('a tenant’s limit - the rest wait in their order, and one enters for each that leaves', async () => {
    const door = new Door({ maxRunning: 2 });
    void door.flood('a', 5);
    await door.turns();
    expect(door.begun).toEqual(['a0', 'a1']);
    door.leave('a');
    await door.turns();
    expect(door.begun).toEqual(['a0', 'a1', 'a2']);
    expect(door.counters.queued).toBe(2);
  });

  it('a limit that is raised while submissions wait - lets them in though nobody leaves or comes, and one that is lowered holds them', async () => {
    const door = new Door({ maxRunning: 2 });
    void door.flood('a', 6);
    await door.turns();
    door.limits = { maxRunning: 4 };
    door.clock.advance(100);
    await door.turns();
    expect(door.begun).toEqual(['a0', 'a1', 'a2', 'a3']);
    door.limits = { maxRunning: 3 };
    door.leave('a');
    await door.turns();
    expect(door.begun).toHaveLength(4);
    door.leave('a');
    await door.turns();
    expect(door.begun.slice(4)).toEqual(['a4']);
  });

  it('a flood - another tenant passes at once while there is room, and takes turns when there is none', async () => {
    const door = new Door({ maxRunning: 100 }, 1, 100);
    void door.flood('a', 900);
    await door.turns();
    expect(door.begun).toHaveLength(100);
    void door.flood('b', 3);
    await door.turns();
    for (let i = 0; i < 6; i++) door.leave('a');
    await door.turns();
    expect(door.begun.slice(100)).toEqual(['a100', 'b0', 'a101', 'b1', 'a102', 'b2']);
    const quiet = new Door({ maxRunning: 100 });
    void quiet.flood('a', 900);
    void quiet.submit('b');
    await quiet.turns();
    expect(quiet.begun).toContain('b');
  });

  it('a full queue - is answered at once, retryable, with a time to wait', async () => {
    const door = new Door({ maxRunning: 1, maxQueued: 2 });
    void door.flood('a', 3);
    await door.turns();
    await expect(door.submit('a')).rejects.toMatchObject({ code: 'tenant.overloaded', retry: { mode: 'retryable', after_ms: expect.any(Number) as number } });
    expect(door.counters).toEqual({ queued: 2, turned_away: 1 });
    await door.submit('b');
  });

  it('a turn that does not come - is refused before its caller gives up, and never begins', async () => {
    const door = new Door({ maxRunning: 1 });
    const outcomes = door.flood('a', 3);
    await door.turns();
    door.clock.advance(2200);
    expect((await outcomes).map((o) => (o.status === 'rejected' ? (o.reason as { code: string }).code : 'in'))).toEqual(['in', 'tenant.overloaded', 'tenant.overloaded']);
    door.leave('a');
    await door.turns();
    expect(door.begun).toEqual(['a0']);
    expect(door.counters.queued).toBe(0);
  });

  it('a full runtime - says so, and not that the tenant is at fault', async () => {
    const door = new Door({}, 1, 1);
    await door.submit('a');
    const waiting = door.submit('b');
    await door.turns();
    door.clock.advance(2200);
    await expect(waiting).rejects.toMatchObject({ code: 'runtime.overloaded' });
  });

  it('a rate - a second’s worth may come at once, the rest is told when to come again', async () => {
    const door = new Door({ perSecond: 2, maxRunning: 100 });
    const outcomes = await door.flood('a', 3);
    expect(outcomes.map((o) => o.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: { code: 'request.rate_limited', retry: { after_ms: 500 } } });
    door.clock.advance(500);
    await door.submit('a');
    await expect(door.submit('a')).rejects.toMatchObject({ code: 'request.rate_limited' });
  });

  it('several runtimes - each takes its share of a tenant’s limits', async () => {
    const door = new Door({ maxRunning: 5 }, 2);
    const stop = door.admission.start();
    await door.turns();
    void door.flood('a', 10);
    await door.turns();
    expect(door.begun).toHaveLength(3);
    stop();
  });

  it('an acceptance that fails - gives its place back', async () => {
    const door = new Door({ maxRunning: 1 });
    await expect(door.admission.through('a', 'sample.run', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await door.submit('a');
  });
});

describe('admission before a runtime', () => {
  async function limited(...capabilities: Parameters<RuntimeBed['govern']>[0]): Promise<{ bed: RuntimeBed; runtime: BedRuntime; session: string }> {
    const bed = new RuntimeBed();
    await bed.govern(capabilities, 1, { limits: { max_running_executions: 1, max_queued_submissions: 0 } });
    const runtime = await bed.runtime();
    bed.realm('sample', echo);
    return { bed, runtime, session: await bed.session() };
  }

  const approval = sampleCapability(sampleSaga({ name: 'approve', kind: 'signal', signal: 'ok', timeout_ms: 3_600_000 }));
  const child = sampleCapability({ ...sampleSaga('part'), name: 'sample.part' });
  const parent = sampleCapability(sampleSaga({ name: 'spawn', kind: 'child', intent_type: 'sample.part' }), { children: ['sample.part'] });

  it('a tenant at its limit - is turned away before acceptance; what runs can be cancelled', async () => {
    const { bed, session } = await limited(approval);
    const { execution_id } = await bed.submit(session);
    const before = bed.log.all().length;
    await expect(bed.submit(session)).rejects.toMatchObject({ code: 'tenant.overloaded' });
    expect(bed.log.all()).toHaveLength(before);
    const view = await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }, { timeoutMs: 20_000 }));
    expect(view.status).toBe('cancelled');
    expect((await bed.submit(session)).status).toBe('running');
  });

  it('a tenant whose day is spent - is turned away before acceptance, and the refusal stands in its audit stream', async () => {
    const bed = new RuntimeBed();
    await bed.govern([approval], 1, { traffic: { daily: { executions: 1, time_zone: 'UTC' } } });
    await bed.runtime();
    const session = await bed.session();
    expect((await bed.submit(session)).quota).toMatchObject({ limit: 1, remaining: 0 });
    await expect(bed.submit(session)).rejects.toMatchObject({ code: 'tenant.quota_spent', retry: { mode: 'retryable' } });
    const audited = bed.log.all().filter((f) => f.kind === 'audit').flatMap((f) => decodeBody(f.body)).flatMap((r) => (r.type === 'access_refused' ? [[r.what, r.error.code]] : []));
    expect(audited).toEqual([['submit sample.run', 'tenant.quota_spent']]);
  });

  it('a refusal of the gateway’s - stands in the audit stream with its own fix, and as what may be tried again', async () => {
    const { bed } = await limited(approval);
    bed.gateway.publish('runtime.refusal.record', {}, { tenant_id: 'acme', user_id: 'alice', code: 'tenant.overloaded', route: 'POST /v1/intents', correlation_id: 'c-1', at: '2026-01-01T00:00:00.000Z' });
    await bed.turns(20);
    const audited = bed.log.all().filter((f) => f.kind === 'audit').flatMap((f) => decodeBody(f.body));
    expect(audited).toMatchObject([{ type: 'access_refused', error: { code: 'tenant.overloaded', fix: errorCodes['tenant.overloaded'].fix, retry: { mode: 'retryable' } } }]);
  });

  it('a child - never waits behind the limit that its parent fills', async () => {
    const { bed, session } = await limited(parent, child);
    expect((await bed.submit(session, {}, { wait_ms: 5000 })).result?.success).toBe(true);
  });

  it('a sleeping execution - takes nobody’s place', async () => {
    const { bed, runtime, session } = await limited(approval);
    await bed.submit(session);
    await bed.until(() => runtime.core.engine.size === 0);
    expect((await bed.submit(session)).status).toBe('running');
  });
});
