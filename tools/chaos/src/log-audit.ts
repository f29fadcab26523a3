import type { WalRecord } from '@symphainy/contracts';
import { chainProblems, decodeBody, foldFrames, foldSession, hasEnded, hexOf, type ChainedFrame } from '@symphainy/execution';
import { openDatabase, type Database } from '@symphainy/store-postgres';
import type { Book, Entry } from './book.js';
import type { Ledger } from './ledger.js';
import { BOOK, STEPS_OF } from './sagas.js';

interface FrameRow {
  readonly tenant_id: string;
  readonly stream_id: string;
  readonly seq: number;
  readonly kind: 'execution' | 'session' | 'audit';
  readonly at: string;
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
}

/** One stream as it stands in the log. */
interface Stream {
  readonly id: string;
  readonly kind: FrameRow['kind'];
  readonly frames: readonly ChainedFrame[];
  readonly records: readonly WalRecord[];
}

/** What the log says, held against the client's book. Each list holds descriptions; empty: nothing of the kind. */
export interface Findings {
  readonly lost: string[];
  readonly stuck: string[];
  readonly doubled: string[];
  readonly outOfOrder: string[];
  /** Of each adopted stream: who died, when the adopter went on with it, and when the frame before that was recorded. */
  readonly adoptions: { readonly writer: string; readonly at: number; readonly before: number }[];
  streams: number;
  frames: number;
}

const PAGE = 5000;
const ENDS = new Set(['execution_completed', 'execution_failed', 'execution_cancelled', 'execution_terminated', 'intent_rejected']);

/** Reads the whole log past every service, as the database has it, and checks each stream's chain, grammar and order, and each book entry. */
export async function auditLog(postgresUrl: string, book: Book, ledger: Ledger): Promise<Findings> {
  const findings: Findings = { lost: [], stuck: [], doubled: [], outOfOrder: [], adoptions: [], streams: 0, frames: 0 };
  const database = openDatabase({ url: postgresUrl, applicationName: 'chaos' });
  try {
    const executions = new Map<string, Stream>();
    for await (const stream of streamsOf(database)) {
      findings.streams++;
      findings.frames += stream.frames.length;
      checkStream(stream, findings);
      if (stream.kind === 'execution') executions.set(stream.id, stream);
    }
    findings.outOfOrder.push(...(await positionGaps(database)));
    checkBook(book, executions, findings);
    checkEffects(executions, await ledger.counts(), findings);
  } finally {
    await database.close();
  }
  return findings;
}

async function* streamsOf(database: Database): AsyncGenerator<Stream> {
  let rest: FrameRow[] = [];
  for (let after = ['', '00000000-0000-0000-0000-000000000000', -1] as readonly [string, string, number]; ; ) {
    const rows = await database.query<FrameRow>(
      `select tenant_id, stream_id, seq, kind, at, hash, body from runtime.wal_frames
       where (tenant_id, stream_id, seq) > ($1, $2::uuid, $3::int) order by tenant_id, stream_id, seq limit ${PAGE}`,
      [...after],
    );
    const all = [...rest, ...rows];
    const last = all.at(-1);
    if (last === undefined) return;
    const whole = rows.length < PAGE ? all : all.filter((row) => row.stream_id !== last.stream_id);
    rest = rows.length < PAGE ? [] : all.filter((row) => row.stream_id === last.stream_id);
    for (const ofStream of Map.groupBy(whole, (row) => row.stream_id).values()) yield streamOf(ofStream);
    if (rows.length < PAGE) return;
    after = [last.tenant_id, last.stream_id, last.seq];
  }
}

function streamOf(rows: readonly FrameRow[]): Stream {
  const frames = rows.map((row) => ({ tenantId: row.tenant_id, streamId: row.stream_id, seq: row.seq, kind: row.kind, at: row.at, hash: row.hash, body: row.body }));
  return { id: rows[0]!.stream_id, kind: rows[0]!.kind, frames, records: rows.flatMap((row) => decodeBody(row.body)) };
}

function checkStream(stream: Stream, findings: Findings): void {
  findings.outOfOrder.push(...chainProblems(stream.frames).map((problem) => `${stream.id}: ${problem}`));
  if (stream.kind === 'audit') return;
  try {
    const folded = stream.frames.map((frame) => ({ seq: frame.seq, hash: frame.hash, records: decodeBody(frame.body) }));
    if (stream.kind === 'session') return void foldSession(folded);
    const state = foldFrames(folded);
    if (state !== undefined && !hasEnded(state)) findings.stuck.push(`${stream.id}: ${state.status} at ${state.steps.at(-1)?.name ?? 'its start'}`);
  } catch (error) {
    findings.outOfOrder.push(`${stream.id}: ${String(error)}`);
  }
  checkRecords(stream, findings);
  noteAdoptions(stream, findings);
}

function checkRecords({ id, records }: Stream, findings: Findings): void {
  for (const [step, times] of countsOf(records, 'step_completed')) if (times > 1) findings.doubled.push(`${id}: ${step} completed ${times} times`);
  const ends = records.filter((record) => ENDS.has(record.type));
  if (ends.length > 1) findings.doubled.push(`${id}: ended ${ends.length} times`);
  const intent = records[0]?.type === 'intent_received' ? records[0].intent.intent_type : '';
  const started = [...countsOf(records, 'step_started').keys()];
  const wanted = STEPS_OF[intent]?.slice(0, started.length);
  if (wanted !== undefined && wanted.join() !== started.join()) findings.outOfOrder.push(`${id}: steps began as ${started.join()}`);
  if (undoneOutOfOrder(records)) findings.outOfOrder.push(`${id}: was undone in another order than it was done`);
}

function noteAdoptions({ frames }: Stream, findings: Findings): void {
  frames.forEach((frame, index) => {
    for (const record of decodeBody(frame.body)) if (record.type === 'adopted') findings.adoptions.push({ writer: record.from_writer, at: Date.parse(record.at), before: Date.parse(frames[index - 1]?.at ?? record.at) });
  });
}

/** Undoing goes backwards over what was done, each step once. */
function undoneOutOfOrder(records: readonly WalRecord[]): boolean {
  const done = records.flatMap((record) => (record.type === 'step_completed' ? [record.step] : []));
  const undone = records.flatMap((record) => (record.type === 'compensation_completed' ? [record.step] : []));
  return undone.join() !== done.filter((step) => undone.includes(step)).reverse().join();
}

/** What the log holds as done was done, and what must not be repeated was not. */
function checkEffects(executions: ReadonlyMap<string, Stream>, ledger: ReadonlyMap<string, number>, findings: Findings): void {
  for (const [effect, times] of ledger) if (times > 1 && effect.endsWith(` ${BOOK}`)) findings.doubled.push(`${effect}: carried out ${times} times`);
  for (const { id, records } of executions.values())
    for (const record of records) if (record.type === 'effect_completed' && !ledger.has(`${id} ${record.step}`)) findings.lost.push(`${id}: ${record.step} is recorded as done, and was not`);
}

/** How often a record of the type names each step, in order of first appearance. */
function countsOf(records: readonly WalRecord[], type: 'step_completed' | 'step_started'): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) if (record.type === type) counts.set(record.step, (counts.get(record.step) ?? 0) + 1);
  return counts;
}

/** Followers read each writer by n: a gap would be a frame they wait for, or one that is gone. */
async function positionGaps(database: Database): Promise<string[]> {
  const rows = await database.query<{ writer: string; first: number; last: number; count: number }>('select writer, min(n) as first, max(n) as last, count(*) as count from runtime.wal_frames group by writer');
  return rows.filter((row) => row.first !== 1 || row.last !== row.count).map((row) => `writer ${row.writer}: ${row.count} frames from ${row.first} to ${row.last}`);
}

function checkBook(book: Book, executions: ReadonlyMap<string, Stream>, findings: Findings): void {
  const byKey = acceptedByKey(executions);
  for (const entry of book.entries) {
    const inLog = byKey.get(entry.idempotencyKey) ?? [];
    if (inLog.length > 1 || entry.answeredIds.size > 1) findings.doubled.push(`${entry.idempotencyKey}: executions ${[...new Set([...inLog, ...entry.answeredIds])].join()}`);
    if (!entry.acknowledged) continue;
    if (inLog.length === 0) findings.lost.push(`${entry.idempotencyKey} (${entry.kind}) was acknowledged and is not in the log`);
    else if (entry.endedAs === undefined) findings.stuck.push(`${entry.idempotencyKey} (${entry.kind}): the client was never told of an end`);
    else checkEnd(entry, executions.get(inLog[0]!)!, findings);
  }
  for (const [id, seen] of book.seen) {
    const frames = executions.get(id)?.frames ?? [];
    if (seen.some(({ hash, seq }) => frames[seq] === undefined || hexOf(frames[seq].hash) !== hash)) findings.outOfOrder.push(`${id}: events told what the log does not hold`);
    if (seen.length !== frames.length) findings.outOfOrder.push(`${id}: events told ${seen.length} frames of ${frames.length}`);
  }
}

function acceptedByKey(executions: ReadonlyMap<string, Stream>): Map<string, string[]> {
  const byKey = new Map<string, string[]>();
  for (const { id, records } of executions.values()) {
    const key = records[0]?.type === 'intent_received' ? records[0].intent.idempotency_key : undefined;
    if (key !== undefined && !records.some((record) => record.type === 'intent_rejected')) byKey.set(key, [...(byKey.get(key) ?? []), id]);
  }
  return byKey;
}

/** What the client was told is what stands in the log. */
function checkEnd(entry: Entry, stream: Stream, findings: Findings): void {
  const end = stream.records.findLast((record) => ENDS.has(record.type))?.type.replace('execution_', '');
  if (end === undefined) findings.lost.push(`${stream.id}: the client was told ${entry.endedAs ?? ''}, and the log has no end`);
  else if (end !== entry.endedAs) findings.lost.push(`${stream.id}: the client was told ${entry.endedAs ?? ''}, and the log says ${end}`);
}
