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
    return this.run({ task: 'parse', kind, bytes, options } as const, signal, progress);
  }

  /** The document that a parser's JSON makes, as canonical JSON, and what it holds. */
  normalise(bytes: Uint8Array, signal?: AbortSignal) {
    return this.run({ task: 'normalise', bytes } as const, signal);
  }

  /** The facts of a document (its JSON), as canonical JSON. */
  facts(bytes: Uint8Array, models: readonly CanonicalModel[], signal?: AbortSignal) {
    return this.run({ task: 'facts', bytes, models } as const, signal);
  }

  /** The chunks of a document (its JSON) with their hashed vectors, as canonical JSON. */
  embed(bytes: Uint8Array, characters: number | undefined, signal?: AbortSignal) {
    return this.run({ task: 'embed', bytes, characters } as const, signal);
  }

  /** Ends its processes. */
  end(): Promise<void> {
    for (const { process, timer } of this.idle.splice(0)) (clearTimeout(timer), process.end());
    for (const process of this.busy) process.end();
    return Promise.resolve();
  }

  private async run<W extends ReadingWork>(work: W, signal: AbortSignal | undefined, progress?: ParseOptions['progress']): Promise<AnswerTo<W>> {
    const process = await this.take();
    const wasUsed = process.isUsed;
    const late = AbortSignal.timeout(this.allowed.ms);
    try {
      const answer: ReadingAnswer = await process.run(work, signal ? AbortSignal.any([signal, late]) : late, late, progress);
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
    return this.run(work, signal, progress);
  }

  private async take(): Promise<ReadingProcess> {
    while (this.busy.size >= PROCESSES) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const free = this.idle.pop();
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

const tooCostly = (message: string, cause: unknown): Error => failure('content.too_costly', { message, field: '/source', cause });

/** The realm's own. */
export const readingPool = new ReadingPool({ memoryMib: limits.readingMemoryMib, ms: limits.readingMs });
