import { isConnectionLoss, sqlStateOf, type Connection, type SqlValue } from '@symphainy/store-postgres';
import type { AppendRequest, ParkRequest } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';

/** What became of one frame of a batch. */
export type FrameFate =
  | { readonly status: 'committed'; readonly n: number }
  | { readonly status: 'conflict' }
  | { readonly status: 'duplicate'; readonly executionId: string; readonly sameRequest: boolean }
  | { readonly status: 'refused'; readonly reason: string };

/** The whole batch was refused: the lease row is not of this epoch any more. */
export const FENCED = 'fenced';

export interface FlushPlace {
  readonly writer: string;
  readonly epoch: number;
  /** The n of the first frame that gets written. */
  readonly firstN: number;
}

interface Answer {
  readonly i: number;
  readonly status: 'fenced' | 'duplicate' | 'conflict' | 'refused';
  readonly winner: string | null;
  readonly same: boolean | null;
  readonly reason: string | null;
}

/**
 * Writes a batch in one statement and one transaction: all of it, or (when rows of it cannot stand) the rest of it. `batch` is sorted by
 * (tenant, stream, seq). Rejects when the connection was lost, and then the outcome is unknown; or when the database refuses to work
 * (no disk, no memory, cancelled), and then nothing was written.
 */
export async function flush(line: Connection, place: FlushPlace, batch: readonly AppendRequest[]): Promise<FrameFate[] | typeof FENCED> {
  const values = parametersOf(place, batch);
  try {
    return fatesOf(await call(line, 'flush', values, parkingOf(batch)), place, batch);
  } catch (error) {
    if (!isRowsFault(error)) throw error;
    return flushCarefully(line, place, batch, values);
  }
}

async function flushCarefully(line: Connection, place: FlushPlace, batch: readonly AppendRequest[], values: SqlValue[]): Promise<FrameFate[] | typeof FENCED> {
  try {
    return fatesOf(await call(line, 'flush_carefully', values, parkingOf(batch)), place, batch);
  } catch (error) {
    if (!isRowsFault(error)) throw error;
    // A value that the database could not even read as a parameter: halve the batch until it stands alone.
    return batch.length === 1 ? [{ status: 'refused', reason: (error as Error).message }] : flushHalves(line, place, batch);
  }
}

async function flushHalves(line: Connection, place: FlushPlace, batch: readonly AppendRequest[]): Promise<FrameFate[] | typeof FENCED> {
  const middle = batch.length >> 1;
  const left = await flush(line, place, batch.slice(0, middle));
  if (left === FENCED) return FENCED;
  const failed = new Set(batch.slice(0, middle).filter((_, i) => left[i]?.status !== 'committed').map(streamKey));
  const rest = batch.slice(middle).filter((request) => !failed.has(streamKey(request)));
  const right = rest.length === 0 ? [] : await flush(line, { ...place, firstN: place.firstN + left.filter((fate) => fate.status === 'committed').length }, rest);
  if (right === FENCED) return FENCED;
  const fates = new Map(rest.map((request, i) => [request, right[i]!]));
  return [...left, ...batch.slice(middle).map((request): FrameFate => fates.get(request) ?? { status: 'conflict' })];
}

/** Classes 22 (data), 23 (integrity), 42501 (row-level security), 54 (a limit): some row is at fault, not the database. */
const isRowsFault = (error: unknown): boolean => !isConnectionLoss(error) && /^(22|23|42501|54)/.test(sqlStateOf(error) ?? '');

/** `parking`: what the batch asks of the parked streams, if anything; only then the flush that knows of them is called. */
const call = (line: Connection, how: 'flush' | 'flush_carefully', values: SqlValue[], parking: SqlValue[] | undefined): Promise<Answer[]> =>
  parking === undefined ? ask(line, how, values) : ask(line, 'flush_parking', [how === 'flush_carefully', ...values, ...parking]);

const ask = async (line: Connection, name: string, values: SqlValue[]): Promise<Answer[]> => {
  const places = values.map((_, index) => `$${index + 1}`).join(', ');
  return (await line.run<Answer>({ name, text: `select i, status, winner, same, reason from runtime.${name}(${places})`, values })).rows;
};

function fatesOf(answers: readonly Answer[], place: FlushPlace, batch: readonly AppendRequest[]): FrameFate[] | typeof FENCED {
  if (answers[0]?.status === 'fenced') return FENCED;
  if (answers.length === 0) return batch.map((_, index) => ({ status: 'committed', n: place.firstN + index }));
  const byRow = new Map(answers.map((answer) => [answer.i - 1, answer]));
  const losers = new Set<string>();
  let n = place.firstN;
  return batch.map((request, index): FrameFate => {
    const stream = streamKey(request);
    const answer = byRow.get(index);
    if (answer === undefined && !losers.has(stream)) return { status: 'committed', n: n++ };
    losers.add(stream);
    return answer === undefined ? { status: 'conflict' } : fateOf(answer);
  });
}

const fateOf = (answer: Answer): FrameFate => {
  if (answer.status === 'duplicate') return { status: 'duplicate', executionId: answer.winner ?? '', sameRequest: answer.same === true };
  return answer.status === 'refused' ? { status: 'refused', reason: answer.reason ?? '' } : { status: 'conflict' };
};

/** Elements that `refusalOf` let through need no quoting. */
const arrayText = (items: readonly (string | number)[]): string => `{${items.join(',')}}`;

function parametersOf(place: FlushPlace, batch: readonly AppendRequest[]): SqlValue[] {
  const starts: number[] = [];
  let start = 1;
  for (const { body } of batch) {
    starts.push(start);
    start += body.length;
  }
  return [
    place.writer,
    place.epoch,
    place.firstN,
    [...new Set(batch.map((r) => r.tenantId))].join(','),
    arrayText(batch.map((r) => r.tenantId)),
    arrayText(batch.map((r) => r.streamId)),
    arrayText(batch.map((r) => r.seq)),
    arrayText(batch.map((r) => r.kind)),
    arrayText(batch.map((r) => r.at)),
    arrayText(starts),
    arrayText(batch.map((r) => r.body.length)),
    Buffer.concat(batch.map((r) => r.hash)),
    Buffer.concat(batch.map((r) => r.body)),
    ...idempotencyOf(batch),
  ];
}

function idempotencyOf(batch: readonly AppendRequest[]): SqlValue[] {
  const claims = batch.flatMap(({ idempotency }, index) => (idempotency === undefined ? [] : [{ row: index + 1, ...idempotency }]));
  if (claims.length === 0) return [null, null, null];
  return [arrayText(claims.map((c) => c.row)), claims.map((c) => c.key), Buffer.concat(claims.map((c) => c.requestHash))];
}

/** A frame that parks its stream says so; one that brings it back and one that wakes another, too. */
function parkingOf(batch: readonly AppendRequest[]): SqlValue[] | undefined {
  if (!batch.some((r) => r.park !== undefined || r.unpark === true || r.wake !== undefined)) return undefined;
  const rows = batch.map((request, index) => ({ request, row: index + 1 }));
  const parks = rows.flatMap(({ request, row }) => (request.park === undefined ? [] : [{ row, session: request.sessionId, ...request.park }]));
  const wakes = rows.flatMap(({ request, row }) => (request.wake === undefined ? [] : [{ row, stream: request.wake }]));
  return [
    arrayText(parks.map((p) => p.row)),
    arrayText(parks.map((p) => p.dueAt ?? 'null')),
    arrayText(parks.map((p) => p.reason)),
    arrayText(parks.map((p) => p.session)),
    arrayText(rows.flatMap(({ request, row }) => (request.unpark === true ? [row] : []))),
    arrayText(wakes.map((w) => w.row)),
    arrayText(wakes.map((w) => w.stream)),
  ];
}

/** A frame's body may be this large; what is larger belongs in the object store. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;
const KIND = /^[a-z]{1,20}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const isParkable = ({ dueAt }: ParkRequest, sessionId: string): boolean => (dueAt === undefined || TIME.test(dueAt)) && UUID.test(sessionId);
/** Longer keys would not fit into the index. */
const MAX_KEY_LENGTH = 500;

/** Why a frame cannot be stored, told before it can trouble its neighbours in a batch. */
export function refusalOf(request: AppendRequest): string | undefined {
  const { idempotency } = request;
  if (!TENANT.test(request.tenantId)) return 'tenantId is not a tenant’s name';
  if (!UUID.test(request.streamId)) return 'streamId is not a UUID';
  if (!Number.isInteger(request.seq) || request.seq < 0 || request.seq > 0x7fff_ffff) return 'seq is not a count';
  if (!KIND.test(request.kind)) return 'kind is not a word';
  if (!TIME.test(request.at)) return 'at is not an RFC 3339 time with milliseconds';
  if (request.hash.length !== 32) return 'hash is not of 32 bytes';
  if (request.body.length > MAX_BODY_BYTES) return `body is larger than ${MAX_BODY_BYTES} bytes`;
  if (request.park !== undefined && !isParkable(request.park, request.sessionId)) return 'park names no time or session';
  if (request.wake !== undefined && !UUID.test(request.wake)) return 'wake is not a UUID';
  if (idempotency === undefined) return undefined;
  if (idempotency.key.length > MAX_KEY_LENGTH || idempotency.key.includes('\0')) return 'the idempotency key is too long or holds a zero';
  return idempotency.requestHash.length === 32 ? undefined : 'requestHash is not of 32 bytes';
}
