import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidV7Source } from '@symphainy/kernel';
import { startLocalStack, type ExtraRealm, type LocalStack } from '@symphainy/launcher';
import type { ChaosArguments } from './arguments.js';
import { Book } from './book.js';
import { GatewayClient } from './gateway-client.js';
import { Ledger } from './ledger.js';
import { Killer, type Kill, type Target } from './killer.js';
import { Load } from './load.js';
import { auditLog, type Findings } from './log-audit.js';
import { openSession } from './open-session.js';
import { Pace } from './pace.js';
import { resumptions, type Resumption } from './resumptions.js';

/** What a run found: counts from the client's book and from the log. */
export interface ChaosFigures {
  readonly executions: number;
  readonly kills: number;
  /** Acknowledged, and not in the log, or without the end that the client was told. */
  readonly lost: number;
  /** Not ended when nothing had moved for STILL_MS. */
  readonly stuck: number;
  /** A step's result or an end recorded twice, or two executions for one key. */
  readonly doubled: number;
  /** Broken chains, records against the grammar, steps or events out of their order. */
  readonly out_of_order: number;
  /** Longest time from a runtime's death to the first new record on a stream it held, while another runtime lived. */
  readonly resume_ms_max: number;
  /** The same where every runtime was dead at once for a while, so that one had to be started first. */
  readonly resume_ms_max_outage: number;
  readonly resume_ms_p50: number;
  readonly adoptions: number;
  readonly seed: number;
  readonly kills_by_target: Readonly<Partial<Record<Target, number>>>;
  readonly duration_s: number;
  /** In words: everything counted above, and whatever else was not as it should be. */
  readonly faults: readonly string[];
}

export const chaosRoot = join(__dirname, '..', '..', '..');

const IN_FLIGHT = 48;
/** Kills that executions may be ahead of: work is under way whenever a process dies. */
const LEAD = 3;
/** No execution ended and nothing was killed for this long: whatever has not ended is stuck. */
const STILL_MS = 60_000;
const WATCH_MS = 1000;
/** Between two lines of progress. */
const TELL_MS = 5000;
/** Short, so that what waits for somebody leaves memory while its runtime lives. */
const PARK_AFTER_MS = 3000;
/** One session's validation is one answer: sessions are kept small. */
const EXECUTIONS_PER_SESSION = 500;

/** The same variables for each replica of a service. */
const forEach = (name: string, replicas: number, env: Readonly<Record<string, string>>): Record<string, Readonly<Record<string, string>>> =>
  Object.fromEntries(Array.from({ length: replicas }, (_, i) => [i === 0 ? name : `${name}-${i + 1}`, env]));

/** The realm whose sagas are run, for a stack of the repository at `root`. */
export const chaosRealm = (root: string): ExtraRealm => ({ name: 'realm-bench', realm: 'bench', program: join(root, 'tools', 'chaos', 'dist', 'chaos-realm.js') });

/** Boots a stack, kills and loads it, waits until everything has ended, and audits. `stop`: nothing more is begun, what is under way is waited for and audited. */
export async function runChaos(args: ChaosArguments, say: (text: string) => void, stop: AbortSignal): Promise<ChaosFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-chaos-'));
  const writers = new Writers();
  const ledger = new Ledger(join(dataDir, 'ledger.txt'));
  const log = args.log === undefined ? undefined : createWriteStream(args.log);
  const stack = await startLocalStack({
    root: chaosRoot,
    dataDir,
    only: ['smart-city', 'runtime', 'experience-gateway'],
    runtimes: args.runtimes,
    realms: [{ ...chaosRealm(chaosRoot), replicas: args.realms }],
    env: { ...forEach('realm-bench', args.realms, { LEDGER_FILE: ledger.file }), ...forEach('runtime', args.runtimes, { PARK_AFTER_MS: String(PARK_AFTER_MS) }) },
    onLine: (service, line) => {
      writers.hear(service, line);
      log?.write(`${service}\t${line}\n`);
    },
  });
  try {
    return await wreak(stack, { writers, ledger }, args, { say, stop });
  } finally {
    await stack.stop();
    log?.end();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function wreak(stack: LocalStack, { writers, ledger }: { writers: Writers; ledger: Ledger }, args: ChaosArguments, { say, stop }: { say: (text: string) => void; stop: AbortSignal }): Promise<ChaosFigures> {
  const begin = performance.now();
  const book = new Book();
  const client = new GatewayClient(stack.gatewayUrl, stack.keyOf('alice'));
  const sessions = await Promise.all(Array.from({ length: Math.ceil(args.executions / EXECUTIONS_PER_SESSION) }, () => openSession(client)));
  const pace = new Pace({ executions: args.executions, kills: args.kills, lead: LEAD });
  const killer = new Killer({ ...args, stack, pace, now: () => Date.now(), writerOf: (process) => writers.of(process) });
  const load = new Load({ client, book, pace, ledger, ids: uuidV7Source(() => Date.now()), sessions, seed: args.seed, executions: args.executions, inFlight: IN_FLIGHT });
  const done = Promise.all([killer.run(), load.run()]);
  const telling = setInterval(() => say(`${Math.round((performance.now() - begin) / 1000)} s: ${pace.killed} of ${args.kills} kills, ${pace.endedCount} of ${args.executions} executions ended`), TELL_MS);
  stop.addEventListener('abort', () => pace.close(), { once: true });
  if (stop.aborted) pace.close();
  try {
    await Promise.race([done, callOffWhenStill(pace, done)]);
    await done;
  } finally {
    clearInterval(telling);
  }
  client.close();
  const findings = await auditLog(stack.postgresUrl, book, ledger);
  say(`${book.requests} requests, ${book.retries} of them asked again; ${findings.streams} streams of ${findings.frames} frames in the log`);
  tellSlowest(killer.done, resumptions(killer.done, findings.adoptions, { runtimes: args.runtimes, heldForMs: PARK_AFTER_MS }).at(-1), say);
  return figuresOf({ args, book, findings, killer, faults: [...book.faults, ...killer.faults], seconds: (performance.now() - begin) / 1000 });
}

/** Calls the run off when nothing has moved for a while; resolves with it, or when it is over. */
async function callOffWhenStill(pace: Pace, done: Promise<unknown>): Promise<void> {
  let over = false;
  void done.finally(() => (over = true)).catch(() => undefined);
  let moved = performance.now();
  for (let known = ''; !over; await pause(WATCH_MS)) {
    const now = `${pace.killed}/${pace.endedCount}`;
    if (now !== known) moved = performance.now();
    known = now;
    if (performance.now() - moved > STILL_MS) return pace.callOff();
  }
}

/** Which lease each runtime holds, from what it says of itself. */
class Writers {
  private readonly byProcess = new Map<string, string>();

  hear(process: string, line: string): void {
    const writer = line.includes('"a lease was taken"') ? /"writer":"([0-9a-f-]{36})"/.exec(line)?.[1] : undefined;
    if (writer !== undefined) this.byProcess.set(process, writer);
  }

  of(process: string): string | undefined {
    return this.byProcess.get(process);
  }
}

interface Run {
  readonly args: ChaosArguments;
  readonly book: Book;
  readonly findings: Findings;
  readonly killer: Killer;
  readonly faults: readonly string[];
  readonly seconds: number;
}

function figuresOf({ args, book, findings, killer, faults, seconds }: Run): ChaosFigures {
  const all = resumptions(killer.done, findings.adoptions, { runtimes: args.runtimes, heldForMs: PARK_AFTER_MS });
  const resumed = all.filter(({ outage }) => !outage).map(({ ms }) => ms);
  const { lost, stuck, doubled, outOfOrder } = findings;
  const events = faults.filter((fault) => fault.startsWith('events of ')).length;
  return {
    executions: book.entries.length,
    kills: killer.done.length,
    lost: lost.length,
    stuck: stuck.length,
    doubled: doubled.length,
    out_of_order: outOfOrder.length + events,
    resume_ms_max: resumed.at(-1) ?? 0,
    resume_ms_max_outage: all.findLast(({ outage }) => outage)?.ms ?? 0,
    resume_ms_p50: resumed[Math.floor(resumed.length / 2)] ?? 0,
    adoptions: findings.adoptions.length,
    seed: args.seed,
    kills_by_target: byTarget(killer.done),
    duration_s: Math.round(seconds),
    faults: [...faults, ...lost.map((f) => `lost: ${f}`), ...stuck.map((f) => `stuck: ${f}`), ...doubled.map((f) => `doubled: ${f}`), ...outOfOrder.map((f) => `out of order: ${f}`)],
  };
}

/** What else died while the slowest resumption took its time: an adopter that dies too begins the wait anew. */
function tellSlowest(kills: readonly Kill[], slowest: Resumption | undefined, say: (text: string) => void): void {
  if (slowest === undefined) return;
  const { died, ms } = slowest;
  const between = kills.filter(({ at }) => at >= died && at <= died + ms).map(({ process, at }) => `${process} +${at - died}`);
  say(`slowest resumption ${ms} ms; killed meanwhile (ms after): ${between.join(', ')}`);
}

function byTarget(kills: readonly Kill[]): Partial<Record<Target, number>> {
  const counts: Partial<Record<Target, number>> = {};
  for (const { target } of kills) counts[target] = (counts[target] ?? 0) + 1;
  return counts;
}
