import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { failure, type ContentKind } from '@symphainy/contracts';
import { fromWireError, PlatformError, type WireError } from '@symphainy/kernel';
import { Piscina } from 'piscina';
import { limits } from './model/limits.js';
import type { DocumentCounts, ReadingAnswer, ReadingWork } from './reading-worker.js';
import type { ParseOptions } from './services/parse/parsers.js';

/** What one piece of work may take. */
export interface ReadingLimits {
  readonly memoryMib: number;
  readonly ms: number;
}

/**
 * Threads in which files are read. A file that takes more memory or time than one may loses its thread and ends with `content.too_costly`;
 * the thread that serves steps stays free, and other files go on in theirs. Threads start with the first file and end when idle.
 */
export class ReadingPool {
  private readonly threads: Piscina<ReadingWork, ReadingAnswer>;

  constructor(private readonly allowed: ReadingLimits) {
    this.threads = new Piscina<ReadingWork, ReadingAnswer>({
      filename: join(__dirname, '..', 'dist', 'reading-worker.js'),
      minThreads: 0,
      maxThreads: Math.min(4, Math.max(2, availableParallelism())),
      idleTimeout: 20_000,
      resourceLimits: { maxOldGenerationSizeMb: allowed.memoryMib },
    });
    // a thread that dies with nothing to do is replaced; with something to do, whoever waits for that is told
    this.threads.on('error', () => undefined);
  }

  /** What the parser of a kind makes of a file, as canonical JSON. */
  async parse(kind: Exclude<ContentKind, 'mainframe'>, bytes: Uint8Array, options: ParseOptions, signal?: AbortSignal): Promise<Uint8Array> {
    const { progress, ...rest } = options;
    if (!progress) return (await this.run({ task: 'parse', kind, bytes, options: rest }, [], signal)).json;
    const { port1, port2 } = new MessageChannel();
    port1.on('message', progress).unref();
    try {
      return (await this.run({ task: 'parse', kind, bytes, options: rest, progress: port2 }, [port2], signal)).json;
    } finally {
      port1.close();
    }
  }

  /** The document that a parser's JSON makes, as canonical JSON, and what it holds. */
  async normalise(bytes: Uint8Array, signal?: AbortSignal): Promise<{ readonly json: Uint8Array; readonly counts: DocumentCounts }> {
    const { json, counts } = await this.run({ task: 'normalise', bytes }, [], signal);
    return { json, counts: counts! };
  }

  /** Ends its threads. */
  end(): Promise<void> {
    return this.threads.destroy();
  }

  private async run(work: ReadingWork, transferList: readonly MessagePort[], signal: AbortSignal | undefined): Promise<Exclude<ReadingAnswer, { failure: WireError }>> {
    const late = AbortSignal.timeout(this.allowed.ms);
    try {
      const answer = await this.threads.run(work, { transferList: [...transferList] as never[], signal: signal ? AbortSignal.any([signal, late]) : late });
      if ('failure' in answer) throw fromWireError(answer.failure);
      return answer;
    } catch (error) {
      if (error instanceof PlatformError) throw error;
      if ((error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY') throw tooCostly(`reading took more than ${this.allowed.memoryMib} MiB of memory`, error);
      if (isLeftAlone(error)) throw failure('content.corrupt', { message: 'a part of the file that others refer to is damaged', field: '/source', cause: error });
      if (late.aborted) throw tooCostly(`reading took more than ${this.allowed.ms} milliseconds`, error);
      throw error;
    }
  }
}

/** pdf.js leaves some of its own exceptions about damaged files to nobody; they end the thread and say so by their names. */
const isLeftAlone = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'ERR_UNHANDLED_REJECTION' && error instanceof Error && /\b(\w+Exception|FormatError)\b/.test(error.message);

const tooCostly = (message: string, cause: unknown): Error => failure('content.too_costly', { message, field: '/source', cause });

/** The realm's own. */
export const readingPool = new ReadingPool({ memoryMib: limits.readingMemoryMib, ms: limits.readingMs });
