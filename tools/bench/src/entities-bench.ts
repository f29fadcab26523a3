import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect, ProblemError } from '@symphainy/client';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { memoryMiB } from './process-figures.js';

export interface EntityFigures {
  readonly rows: number;
  /** Pairs of rows that are one person, by the generator. */
  readonly true_pairs: number;
  readonly found_pairs: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly candidate_pairs: number;
  /** From the intent's submission to its end. */
  readonly ingest_seconds: number;
  readonly resolve_seconds: number;
  /** Peak resident memory of the insights realm, in MiB. */
  readonly insights_peak_mb: number;
}

type Say = (text: string) => void;

const root = join(__dirname, '..', '..', '..');
const POLL_MS = 250;
const FIRST = 'James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Karen Christopher Sarah Charles Lisa Daniel Nancy Matthew Sandra Anthony Betty Mark Ashley'.split(' ');
const STREETS = 'Oak Maple Cedar Pine Elm Walnut Chestnut Spruce Willow Birch Main Church High Mill Lake Hill River Park Spring Ridge'.split(' ');
const CITIES = 'Nashville Franklin Clarksville Murfreesboro Jackson Columbia Lebanon Gallatin Cookeville Dickson'.split(' ');
const SYLLABLES = 'ba be bo da de do ga ge go ka ke ko la le lo ma me mo na ne no ra re ro sa se so ta te to va ve vo'.split(' ');
const COLUMNS = ['first_name', 'last_name', 'street', 'city', 'born', 'phone'];
type Person = readonly string[];

/** Persons of a seeded register; one in ten has a second row, a fifth of those a third, each written down anew with a mistake or two. */
function register(rows: number): { csv: Blob; persons: readonly number[] } {
  const draw = drawing(20_261_130);
  const written: { person: number; row: Person }[] = [];
  for (let person = 0; written.length < rows; person++) {
    const row = personOf(draw);
    written.push({ person, row });
    const again = draw(10) > 0 ? 0 : draw(5) > 0 ? 1 : 2;
    for (let copy = 0; copy < again && written.length < rows; copy++) written.push({ person, row: mistaken(row, draw) });
  }
  for (let at = written.length - 1; at > 0; at--) {
    const other = draw(at + 1);
    [written[at], written[other]] = [written[other]!, written[at]!];
  }
  return { csv: new Blob([`${COLUMNS.join(',')}\n`, ...written.map(({ row }) => `${row.join(',')}\n`)]), persons: written.map(({ person }) => person) };
}

type Draw = (below: number) => number;

/** Numbers below a bound, the same each time (xorshift, Marsaglia, 2003). */
function drawing(seed: number): Draw {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function personOf(draw: Draw): Person {
  const of = (list: readonly string[]): string => list[draw(list.length)]!;
  const last = Array.from({ length: 2 + draw(2) }, () => of(SYLLABLES)).join('');
  const born = new Date(Date.UTC(1930 + draw(75), draw(12), 1 + draw(28))).toISOString().slice(0, 10);
  return [of(FIRST), last[0]!.toUpperCase() + last.slice(1), `${1 + draw(2000)} ${of(STREETS)} Street`, of(CITIES), born, `615-${String(draw(10_000_000)).padStart(7, '0')}`];
}

/** One or two cells with a letter changed, dropped or doubled, cut short, or left empty. */
function mistaken(person: Person, draw: Draw): Person {
  const row = [...person];
  for (let left = 1 + draw(2); left > 0; left--) {
    const at = draw(row.length);
    const text = row[at]!;
    const place = draw(Math.max(1, text.length));
    row[at] = [text.slice(0, place) + text.slice(place + 1), text.slice(0, place) + (text[place] ?? '') + text.slice(place), `${text.slice(0, place)}x${text.slice(place + 1)}`, text.replace(' Street', ' St').slice(0, 12), ''][draw(5)]!;
  }
  return row;
}

/** A register of so many rows, ingested and searched for rows of one person, by the platform's own processes. */
export async function benchEntities(rows: number, say: Say): Promise<EntityFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-entities-'));
  const stack = await startLocalStack({ root, dataDir, only: ['smart-city', 'runtime', 'experience-gateway', 'realm-content', 'realm-insights'], onLine: (service, line) => /"level":"fatal"/.test(line) && say(`${service}: ${line}`) });
  try {
    return await measure(stack, rows, say);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: LocalStack, rows: number, say: Say): Promise<EntityFigures> {
  const { csv, persons } = register(rows);
  const client = connect({ baseUrl: stack.gatewayUrl, credentials: stack.keyOf('alice') });
  const { session_id } = await client.sessions.create();
  let peak = 0;
  const execute = async (intent_type: string, payload: Record<string, string>): Promise<{ id: string; seconds: number }> => {
    say(intent_type);
    const started = performance.now();
    const { execution_id } = await client.intents.submit({ intent_type, session_id, payload });
    for (;;) {
      const view = await client.executions.read(execution_id).catch(passing);
      peak = Math.max(peak, memoryMiB(stack.pidOf('realm-insights'), 'resident'));
      if (view?.status === 'completed') return { id: execution_id, seconds: Math.round(performance.now() - started) / 1000 };
      if (view !== undefined && view.status !== 'running') throw new Error(`${intent_type} has ${view.status}: ${JSON.stringify(view.error)}`);
      await setTimeout(POLL_MS);
    }
  };
  const { reference } = await client.files.upload(session_id, { name: 'register.csv', content: csv, mediaType: 'text/csv' });
  const ingested = await execute('content.ingest', { source: reference });
  const resolved = await execute('insights.resolve_entities', { source: `${ingested.id}/normalise/document` });
  const report = JSON.parse(await (await client.artifacts.content(`${resolved.id}/resolve/entities`)).text()) as { totals: { candidate_pairs: number }; entities: { members: { row: number }[] }[] };
  return { rows, ...judged(report.entities.map(({ members }) => members.map(({ row }) => persons[row - 1]!)), persons), candidate_pairs: report.totals.candidate_pairs, ingest_seconds: ingested.seconds, resolve_seconds: resolved.seconds, insights_peak_mb: Math.round(peak) };
}

/** A busy machine is asked again. */
function passing(error: unknown): undefined {
  if (!(error instanceof ProblemError) || error.retryAfterMs === undefined) throw error;
}

const pairsOf = (count: number): number => (count * (count - 1)) / 2;
const share = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Pairs of the entities that were found, held against those of the generator. */
function judged(found: readonly (readonly number[])[], persons: readonly number[]): Pick<EntityFigures, 'true_pairs' | 'found_pairs' | 'precision' | 'recall' | 'f1'> {
  const pairsWithin = (list: readonly number[]): number => [...Map.groupBy(list, (person) => person).values()].reduce((sum, rows) => sum + pairsOf(rows.length), 0);
  const [true_pairs, found_pairs] = [pairsWithin(persons), found.reduce((sum, members) => sum + pairsOf(members.length), 0)];
  const right = found.reduce((sum, members) => sum + pairsWithin(members), 0);
  const [precision, recall] = [right / Math.max(1, found_pairs), right / Math.max(1, true_pairs)];
  return { true_pairs, found_pairs, precision: share(precision), recall: share(recall), f1: share((2 * precision * recall) / Math.max(Number.EPSILON, precision + recall)) };
}
