import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect, type Client } from '@symphainy/client';
import { contentDataset, type ContentDataset } from '@symphainy/contracts';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { memoryMiB } from '../process-figures.js';
import { policyBytes, policyCopybook, premiumCents, POLICY_BYTES } from './policy-file.js';

export interface ContentFigures {
  readonly records: number;
  readonly megabytes: number;
  /** From the intent's submission to its end. */
  readonly seconds: number;
  readonly records_per_s: number;
  readonly megabytes_per_s: number;
  readonly output_megabytes: number;
  readonly parts: number;
  /** Peak resident memory of each process over the whole run, in MiB. */
  readonly realm_peak_mb: number;
  readonly runtime_peak_mb: number;
  /** How many times realm and runtime were killed with SIGKILL meanwhile. */
  readonly kills: number;
  readonly lost: number;
  readonly doubled: number;
  /** Records whose premium is not the generator's. */
  readonly wrong: number;
}

export interface ContentBenchOptions {
  readonly records: number;
  /** Kill realm and runtime so many times while the file is decoded. */
  readonly kills: number;
}

type Say = (text: string) => void;

const root = join(__dirname, '..', '..', '..', '..');
const SEED = 20_261_130;
const PIECE = 2000;
const POLL_MS = 200;
const PROGRESS_MS = 5000;

/** A seeded book of policies through upload and `content.decode`, in separate processes on real servers; the result is checked record by record against the generator. */
export async function benchContent(options: ContentBenchOptions, say: Say): Promise<ContentFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-content-'));
  const stack = await startLocalStack({ root, dataDir, only: ['smart-city', 'runtime', 'experience-gateway', 'realm-content'], onLine: (service, line) => /"level":"fatal"/.test(line) && say(`${service}: ${line}`) });
  try {
    return await measure(stack, dataDir, options, say);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: LocalStack, dataDir: string, { records, kills }: ContentBenchOptions, say: Say): Promise<ContentFigures> {
  const client = connect({ baseUrl: stack.gatewayUrl, credentials: stack.keyOf('alice') });
  const { session_id } = await client.sessions.create();
  const file = join(dataDir, 'policies.ebcdic');
  say(`writing ${records} policies`);
  await writePolicies(file, records);
  const source = await client.files.upload(session_id, { name: 'policies.ebcdic', content: await openAsBlob(file), mediaType: 'application/octet-stream' });
  const copybook = await client.files.upload(session_id, { name: 'policy.cpy', content: new Blob([policyCopybook]), mediaType: 'text/plain' });
  const peaks = new Peaks(stack);
  const started = performance.now();
  const { execution_id } = await client.intents.submit({ intent_type: 'content.decode', session_id, payload: { source: source.reference, copybook: copybook.reference } });
  const killed = await follow(client, stack, execution_id, kills, peaks, say);
  const seconds = (performance.now() - started) / 1000;
  const dataset = contentDataset.parse(JSON.parse(await (await client.artifacts.content(`${execution_id}/assemble/dataset`)).text()));
  say('checking every record');
  const checked = await check(client, dataset, records);
  const megabytes = (records * POLICY_BYTES) / 1e6;
  return {
    records, megabytes: round(megabytes), seconds: round(seconds), records_per_s: Math.round(records / seconds), megabytes_per_s: round(megabytes / seconds),
    output_megabytes: round(dataset.parts.reduce((sum, part) => sum + part.size, 0) / 1e6), parts: dataset.parts.length, ...peaks.figures(), kills: killed, ...checked,
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

async function writePolicies(path: string, records: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let from = 1; from <= records; from += PIECE) await file.write(policyBytes(from, Math.min(PIECE, records - from + 1), SEED));
  } finally {
    await file.close();
  }
}

/** The highest memory that was seen, over the lives of a process. */
class Peaks {
  private realm = 0;
  private runtime = 0;
  constructor(private readonly stack: LocalStack) {}

  look(): void {
    try {
      this.realm = Math.max(this.realm, memoryMiB(this.stack.pidOf('realm-content'), 'peak'));
      this.runtime = Math.max(this.runtime, memoryMiB(this.stack.pidOf('runtime'), 'peak'));
    } catch {
      // killed a moment ago: its successor is looked at next time
    }
  }

  figures() {
    return { realm_peak_mb: Math.round(this.realm), runtime_peak_mb: Math.round(this.runtime) };
  }
}

/** Looks on until the execution has ended, killing as often as asked, at even shares of the work. */
async function follow(client: Client, stack: LocalStack, id: string, kills: number, peaks: Peaks, say: Say): Promise<number> {
  let killed = 0;
  for (let told = performance.now(); ; ) {
    const view = await client.executions.read(id).catch(() => undefined);
    peaks.look();
    if (view !== undefined && view.status !== 'running') {
      if (view.status !== 'completed') throw new Error(`the execution has ${view.status}: ${JSON.stringify(view)}`);
      return killed;
    }
    const items = view?.steps.find((step) => step.name === 'decode')?.items;
    if (items !== undefined && killed < kills && items.succeeded > (items.total * (killed + 1)) / (kills + 1)) await killBoth(stack, ++killed, say);
    if (items !== undefined && performance.now() - told > PROGRESS_MS) {
      say(`${items.succeeded} of ${items.total} parts`);
      told = performance.now();
    }
    await setTimeout(POLL_MS);
  }
}

async function killBoth(stack: LocalStack, time: number, say: Say): Promise<void> {
  const name = time % 2 === 1 ? 'realm-content' : 'runtime';
  say(`kill -9 of ${name}`);
  await stack.kill(name);
  await stack.start(name);
}

/** Reads every part, checks its hash, and holds each record against the generator. */
async function check(client: Client, dataset: ContentDataset, records: number): Promise<{ lost: number; doubled: number; wrong: number }> {
  const seen = new Uint8Array(records + 1);
  let doubled = 0;
  let wrong = 0;
  for (const part of dataset.parts) {
    const bytes = Buffer.from(await (await client.artifacts.content(part.reference)).arrayBuffer());
    if (createHash('sha256').update(bytes).digest('hex') !== part.hash) throw new Error(`${part.reference} is not what was recorded`);
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at);
      const row = JSON.parse(bytes.toString('utf8', at, end)) as { 'POLICY-NO': number; 'ANNUAL-PREMIUM': string };
      const number = row['POLICY-NO'];
      if (seen[number] === 1) doubled++;
      seen[number] = 1;
      if (Math.round(Number(row['ANNUAL-PREMIUM']) * 100) !== premiumCents(number, SEED)) wrong++;
      at = end + 1;
    }
  }
  const lost = seen.subarray(1).reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0);
  return { lost, doubled, wrong };
}
