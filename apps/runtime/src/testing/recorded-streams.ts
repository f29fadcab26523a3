/** Streams made by hand and appended to a real log with its state surface: for tests of what is read from recorded history. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller, Intent, RegisteredCapability, WalRecord } from '@symphainy/contracts';
import { encodeFrame, GENESIS } from '@symphainy/execution';
import { sampleCapability, sampleIntent, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { MemoryHotState } from '@symphainy/hot-redis';
import { silentLogger, systemClock } from '@symphainy/kernel';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, provisionRuntime, runtimeUrls, type Database, type RuntimeUrls } from '@symphainy/store-postgres';
import { noCounters } from '../intake/intake.ports.js';
import { openStateSurface, type StateSurface } from '../state-surface/state-surface.js';
import { openPostgresLog, type PostgresLog } from '../wal/postgres-log.js';
import { MemoryObjects } from './memory-objects.js';

export const sampleTwoSteps: RegisteredCapability = sampleCapability(sampleSaga('one', 'two'));

export class RecordedBed {
  readonly objects = new MemoryObjects();
  readonly hot = new MemoryHotState(systemClock);
  log!: PostgresLog;
  surface!: StateSurface;
  private clock = Date.parse('2026-01-01T00:00:00.000Z');

  private constructor(
    readonly server: PostgresServer,
    readonly urls: RuntimeUrls,
    readonly admin: Database,
  ) {}

  static async start(): Promise<RecordedBed> {
    const server = await startThrowawayPostgres();
    const key = randomBytes(32);
    await provisionRuntime(server.url, key);
    const bed = new RecordedBed(server, runtimeUrls(server.url, key), openDatabase({ url: server.url, applicationName: 'spec' }));
    await bed.open();
    return bed;
  }

  /** A new writer with a surface of its own. */
  async open(): Promise<void> {
    this.log = await openPostgresLog({ urls: this.urls, writerId: randomUUID(), clock: systemClock, logger: silentLogger, objects: this.objects });
    this.surface = openStateSurface({ log: this.log, hot: this.hot, objects: this.objects, logger: silentLogger, counters: noCounters() });
  }

  async stop(): Promise<void> {
    await this.log.close();
    await this.admin.close();
    await this.server.stop();
  }

  /** An accepted execution of `caller`, its first step running. */
  stream(caller: Caller, more: Partial<Intent> = {}): TestStream {
    this.clock += 1000;
    const intent = sampleIntent({ intent_id: randomUUID(), session_id: randomUUID(), tenant_id: caller.tenant_id, created_at: new Date(this.clock).toISOString(), ...more });
    const stream = new TestStream(sampleTwoSteps, intent);
    const records = stream.frames[0]!.records.map((record) => (record.type === 'intent_received' ? { ...record, caller } : record));
    stream.frames.length = 0;
    stream.state = undefined;
    stream.now = Date.parse(intent.created_at);
    stream.add(records);
    stream.settle();
    return stream;
  }

  /** To its end. */
  finish(stream: TestStream): TestStream {
    for (const step of ['one', 'two']) {
      stream.now += 40;
      stream.complete({ did: step });
      stream.settle();
    }
    return stream;
  }

  /** `count` frames of progress of the running step. */
  progress(stream: TestStream, count: number): TestStream {
    for (let i = 0; i < count; i++) stream.add([{ type: 'step_progress', ...stream.stamp, step: stream.state!.steps[0]!.name, attempt: 1, progress: { done: i } }]);
    return stream;
  }

  async append(frames: TestStream['frames']): Promise<void> {
    const results = await Promise.all(frames.map((frame) => this.log.writer.append({ ...frame, sessionId: frame.streamId, awaited: true })));
    const refused = results.find((result) => result.status !== 'committed');
    if (refused !== undefined) throw new Error(`a frame was not committed: ${refused.status}`);
  }

  /** A session's stream of one frame. */
  async session(caller: Caller, sessionId: string = randomUUID()): Promise<string> {
    const at = new Date((this.clock += 1000)).toISOString();
    const place = { tenantId: caller.tenant_id, streamId: sessionId, seq: 0, kind: 'session' as const, at };
    const records: WalRecord[] = [{ type: 'session_created', at, actor: 'user:alice', session: { session_id: sessionId, tenant_id: caller.tenant_id, user_id: caller.user_id, created_at: at, context: {} }, caller }];
    await this.log.writer.append({ ...place, ...encodeFrame(GENESIS, place, records), sessionId, awaited: true });
    return sessionId;
  }

  /** As nobody may: with the log's triggers off. */
  tamper(statement: string, values: readonly (string | number)[]): Promise<void> {
    return this.admin.transaction(async (sql) => {
      await sql.query('alter table runtime.wal_frames disable trigger all');
      await sql.query(statement, [...values]);
      await sql.query('alter table runtime.wal_frames enable trigger all');
    });
  }
}

export const callerOf = (tenant_id: string): Caller => ({ tenant_id, user_id: 'alice', roles: [], auth: 'api_key' });

/** A tenant never used before. */
export const newCaller = (): Caller => callerOf(`t-${randomUUID().slice(0, 8)}`);
