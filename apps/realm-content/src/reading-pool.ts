import { availableParallelism } from 'node:os';
import { failure, type ContentKind } from '@symphainy/contracts';
import { fromWireError } from '@symphainy/kernel';
import { limits } from './model/limits.js';
import { ReadingLost, ReadingProcess } from './reading-process.js';
import type { AnswerTo, ReadingAnswer, ReadingWork } from './reading-work.js';
import type { CanonicalModel } from './services/facts/canonical-names.js';
import type { ParseOptions } from './services/parse/parsers.js';

/** What one piece of work may take. */
export interface ReadingLimits {
  readonly memoryMib: number;
  readonly ms: number;
}

/** JSON that work is about, fetched when no process has it. */
export interface KeptJson {
  /** SHA-256 of its bytes, where it is known. */
  readonly hash?: string;
  bytes(): Promise<Uint8Array>;
}

export type ParsedFile = AnswerTo<Extract<ReadingWork, { task: 'parse' }>>;

const IDLE_MS = 20_000;
const PROCESSES = Math.min(4, Math.max(2, availableParallelism()));

/**
 * Processes in which files are read. A file that takes more memory or time than one may costs its process and ends with `content.too_costly`;
 * the thread that serves steps stays free, and other files go on in theirs. Processes, not threads: a heap that overflows at once takes a whole process with it.
 * They start with the first file and end when idle.
 */
export class ReadingPool {
  private readonly idle: { readonly process: ReadingProcess; readonly timer: NodeJS.Timeout }[] = [];
  private readonly busy = new Set<ReadingProcess>();
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly allowed: ReadingLimits) {}

  /** What the parser of a kind makes of a file, as canonical JSON, and what in it shows itself as personal. */
  parse(kind: Exclude<ContentKind, 'mainframe'>, bytes: Uint8Array, { progress, ...options }: ParseOptions, signal?: AbortSignal) {
    return this.run(() => Promise.resolve({ task: 'parse', kind, bytes, options } as const), signal, { progress });
  }

  /** The document that a parser's JSON makes, as canonical JSON, and what it holds. */
  normalise(parsed: KeptJson, signal?: AbortSignal) {
    return this.run(async (kept) => ({ task: 'normalise', bytes: await missing(parsed, kept) }) as const, signal, { about: parsed });
  }

  /** The facts of a document (its JSON), as canonical JSON. */
  facts(document: KeptJson, models: readonly CanonicalModel[], signal?: AbortSignal) {
    return this.run(async (kept) => ({ task: 'facts', bytes: await missing(document, kept), models }) as const, signal, { about: document });
  }

  /** The chunks of a document (its JSON) with their hashed vectors, as canonical JSON. */
  embed(document: KeptJson, characters: number | undefined, signal?: AbortSignal) {
    return this.run(async (kept) => ({ task: 'embed', bytes: await missing(document, kept), characters }) as const, signal, { about: document });
  }

  /** Ends its processes. */
  end(): Promise<void> {
    for (const { process, timer } of this.idle.splice(0)) (clearTimeout(timer), process.end());
    for (const process of this.busy) process.end();
    return Promise.resolve();
  }

  /** `workFor` says what a process is asked that has kept the JSON of this hash. */
  private async run<W extends ReadingWork>(workFor: (kept: string | undefined) => Promise<W>, signal: AbortSignal | undefined, how: { readonly about?: KeptJson; readonly progress?: ParseOptions['progress'] }): Promise<AnswerTo<W>> {
    const process = await this.take(how.about?.hash);
    const wasUsed = process.isUsed;
    try {
      const work = await workFor(process.kept);
      const late = AbortSignal.timeout(this.allowed.ms);
      const answer: ReadingAnswer = await process.run(work, signal ? AbortSignal.any([signal, late]) : late, late, how.progress);
      if (!('failure' in answer)) return answer as AnswerTo<W>;
      // a reader may throw about a damaged file when nobody listens any more: the next file gets another process
      process.end();
      throw fromWireError(answer.failure);
    } catch (error) {
      if (!(error instanceof ReadingLost)) throw error;
      if (error.how === 'memory') throw tooCostly(`reading took more than ${this.allowed.memoryMib} MiB of memory`, error);
      if (error.how === 'time') throw tooCostly(`reading took more than ${this.allowed.ms} milliseconds`, error);
      if (error.how === 'aborted') throw error;
      if (!wasUsed) throw failure('content.corrupt', { message: 'reading the file ended the process that read it', field: '/source', cause: error });
    } finally {
      this.giveBack(process);
    }
    // what ended a process that had read others may be theirs: asked again, and each time there is one fewer of those
    return this.run(workFor, signal, how);
  }

  /** An idle process, of several the one that has kept the JSON of this hash. */
  private async take(hash: string | undefined): Promise<ReadingProcess> {
    while (this.busy.size >= PROCESSES) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const having = hash === undefined ? -1 : this.idle.findIndex(({ process }) => process.kept === hash);
    const [free] = this.idle.splice(having, 1);
    if (free !== undefined) clearTimeout(free.timer);
    const process = free === undefined || free.process.isGone ? new ReadingProcess(this.allowed.memoryMib) : free.process;
    this.busy.add(process);
    return process;
  }

  private giveBack(process: ReadingProcess): void {
    this.busy.delete(process);
    if (!process.isGone) this.idle.push({ process, timer: setTimeout(() => this.retire(process), IDLE_MS).unref() });
    this.waiting.shift()?.();
  }

  private retire(process: ReadingProcess): void {
    const at = this.idle.findIndex((entry) => entry.process === process);
    if (at >= 0) this.idle.splice(at, 1);
    process.end();
  }
}

const missing = (about: KeptJson, kept: string | undefined): Promise<Uint8Array | undefined> => (about.hash !== undefined && about.hash === kept ? Promise.resolve(undefined) : about.bytes());

const tooCostly = (message: string, cause: unknown): Error => failure('content.too_costly', { message, field: '/source', cause });

/** The realm's own. */
export const readingPool = new ReadingPool({ memoryMib: limits.readingMemoryMib, ms: limits.readingMs });
