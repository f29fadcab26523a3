import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect, type Client } from '@symphainy/client';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { HISTORY_INTENT } from './history-realm.js';
import { cpuMicros, memoryMiB } from './process-figures.js';

/** What one long stream showed. Appends are per second of the frames' own times. */
export interface HistoryFigures {
  readonly records: number;
  readonly appends_per_s_first_tenth: number;
  readonly appends_per_s_last_tenth: number;
  /** Last tenth over first. */
  readonly end_to_start: number;
  /** CPU of runtime and Postgres per append: what a shared machine does not blur. */
  readonly cpu_us_per_append_first_tenth: number;
  readonly cpu_us_per_append_last_tenth: number;
  /** Median time of reading the result, folded from the kept fold and the frames after it; REST. */
  readonly fold_from_checkpoint_ms: number;
  /** The same of an execution with two records a step. */
  readonly fold_of_short_stream_ms: number;
  readonly runtime_rss_mb_at_tenth: number;
  readonly runtime_rss_mb_at_end: number;
  readonly whole_replay_s: number;
}

const root = join(__dirname, '..', '..', '..');
const POLL_MS = 250;
const FOLDS_TIMED = 21;
const READY_LIMIT_MS = 60_000;

/** One execution with `records` hydrations, through the platform as it is deployed: separate processes, every record durable before the step hears of it. */
export async function benchHistory(records: number, say: (text: string) => void): Promise<HistoryFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-history-'));
  const stack = await startLocalStack({
    root,
    dataDir,
    only: ['smart-city', 'runtime', 'experience-gateway'],
    realms: [{ name: 'realm-bench', realm: 'bench', program: join(root, 'tools', 'bench', 'dist', 'history-realm.js') }],
    onLine: (service, line) => /"level":"(error|fatal)"/.test(line) && say(`${service}: ${line}`),
  });
  try {
    return await measure(stack, records, say);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: LocalStack, records: number, say: (text: string) => void): Promise<HistoryFigures> {
  const client = connect({ baseUrl: stack.gatewayUrl, credentials: stack.keyOf('alice') });
  const { session_id } = await client.sessions.create();
  const short = await begin(client, session_id, 1);
  await untilRecords(client, short, () => undefined);
  const id = await begin(client, session_id, records);
  const memory = (): number => memoryMiB(stack.pidOf('runtime'), 'proportional');
  const cpu = (): number => cpuMicros(stack.pidOf('runtime')) + cpuMicros(stack.pidOf('postgres'));
  /** Where the tenths begin and end, as they were seen to pass. */
  const marks: { readonly done: number; readonly cpu: number; readonly memory: number }[] = [];
  const mark = (done: number): void => void marks.push({ done, cpu: cpu(), memory: memory() });
  await untilRecords(client, id, (done) => {
    if (done >= [records / 1000, records / 10, (9 * records) / 10, Number.POSITIVE_INFINITY][marks.length]!) mark(done);
  }, say);
  mark(records);
  const perAppend = (from: number): number => Math.round((marks[from + 1]!.cpu - marks[from]!.cpu) / (marks[from + 1]!.done - marks[from]!.done));
  const { records: total, head } = await client.executions.read(id);
  const tenth = Math.floor(records / 10);
  const first = head.seq - 1 - records;
  const [a, b, c, d] = await Promise.all([first, first + tenth, first + 9 * tenth, first + 10 * tenth].map((seq) => timeOf(client, id, seq)));
  const rate = (from: number, to: number): number => Math.round((tenth / (to - from)) * 1000);
  const speeds = { start: rate(a!, b!), end: rate(c!, d!) };
  return {
    records: total,
    appends_per_s_first_tenth: speeds.start,
    appends_per_s_last_tenth: speeds.end,
    end_to_start: Math.round((speeds.end / speeds.start) * 1000) / 1000,
    cpu_us_per_append_first_tenth: perAppend(0),
    cpu_us_per_append_last_tenth: perAppend(2),
    fold_from_checkpoint_ms: await timed(() => client.executions.result(id)),
    fold_of_short_stream_ms: await timed(() => client.executions.result(short)),
    runtime_rss_mb_at_tenth: Math.round(marks[1]!.memory),
    runtime_rss_mb_at_end: Math.round(marks[3]!.memory),
    whole_replay_s: await wholeReplay(client, id),
  };
}

async function begin(client: Client, session_id: string, reads: number): Promise<string> {
  for (const until = performance.now() + READY_LIMIT_MS; ; ) {
    try {
      return (await client.intents.submit({ intent_type: HISTORY_INTENT, session_id, payload: { reads } })).execution_id;
    } catch (error) {
      if (performance.now() > until) throw error;
      await setTimeout(POLL_MS);
    }
  }
}

/** Looks on until the execution has ended, telling `seen` how many records there are. */
async function untilRecords(client: Client, id: string, seen: (records: number) => void, say?: (text: string) => void): Promise<void> {
  for (let told = 0; ; ) {
    const { status, records } = await client.executions.read(id);
    if (status !== 'running') {
      if (status !== 'completed') throw new Error(`the execution has ${status}`);
      return;
    }
    seen(records);
    if (say !== undefined && records - told >= 100_000) say(`${(told = records)} records`);
    await setTimeout(POLL_MS);
  }
}

async function timeOf(client: Client, id: string, seq: number): Promise<number> {
  const { frames } = await client.executions.records(id, { from_seq: seq, limit: 1 });
  return Date.parse(frames[0]!.at);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < FOLDS_TIMED; i++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return Math.round(times.sort((x, y) => x - y)[Math.floor(FOLDS_TIMED / 2)]! * 10) / 10;
}

/** Folds every frame from the first on and checks the chain; must say the same as what was live. */
async function wholeReplay(client: Client, id: string): Promise<number> {
  const started = performance.now();
  const report = await client.executions.replay(id, 'state_only');
  if (!report.chain_valid || report.equal_to_live === false) throw new Error('the long stream does not replay to what was live');
  return Math.round((performance.now() - started) / 100) / 10;
}
