import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { ReadingAnswer, ReadingMessage, ReadingWork } from './reading-work.js';

/** How a reading process ended instead of answering. */
export class ReadingLost extends Error {
  constructor(readonly how: 'memory' | 'time' | 'aborted' | 'crash', detail: string) {
    super(`a reading process ended without an answer: ${detail}`);
  }
}

type Progress = (done: Extract<ReadingMessage, { progress: unknown }>['progress']) => void;

/** What a file becomes is made at once and lives until it is written: in a small young generation (16 MiB) V8 copies it twice, which costs a fifth of the time and more memory than it saves. */
const YOUNG = ['--min-semi-space-size=32', '--max-semi-space-size=32'];

/** One process that reads files, one at a time. Memory beyond its heap, and time beyond what a file may take, cost the process and nobody else. */
export class ReadingProcess {
  private readonly child: ChildProcess;
  private gone = false;
  private answered = false;
  private holds: string | undefined;

  constructor(memoryMib: number) {
    this.child = fork(join(__dirname, '..', 'dist', 'reading-process.main.js'), [], { execArgv: [`--max-old-space-size=${memoryMib}`, ...YOUNG], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.child.once('exit', () => (this.gone = true));
    this.child.on('error', () => (this.gone = true));
  }

  get isGone(): boolean {
    return this.gone;
  }

  /** Whether it has read a file before. */
  get isUsed(): boolean {
    return this.answered;
  }

  /** The SHA-256 of the JSON about which it can be asked without being given it. */
  get kept(): string | undefined {
    return this.holds;
  }

  /** The answer; rejects with `ReadingLost`. The process is of no use afterwards unless it answered. */
  run(work: ReadingWork, signal: AbortSignal, late: AbortSignal, progress: Progress | undefined): Promise<ReadingAnswer> {
    const { child } = this;
    this.keepAwake(true);
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        child.off('message', heard).off('exit', ended);
        signal.removeEventListener('abort', stopped);
        then();
      };
      const heard = (message: ReadingMessage): void => {
        if ('progress' in message) progress?.(message.progress);
        else settle(() => (this.keepAwake(false), (this.answered = true), (this.holds = message.kept), resolve(message.answer)));
      };
      const ended = (code: number | null, by: string | null): void => settle(() => reject(new ReadingLost(isOutOfMemory(code, by) ? 'memory' : 'crash', by ?? String(code))));
      const stopped = (): void => settle(() => (this.end(), reject(new ReadingLost(late.aborted ? 'time' : 'aborted', 'stopped'))));
      child.on('message', heard).once('exit', ended);
      signal.addEventListener('abort', stopped);
      if (signal.aborted) return stopped();
      child.send(work, (error) => error !== null && this.gone && settle(() => reject(new ReadingLost('crash', error.message))));
    });
  }

  end(): void {
    this.gone = true;
    this.child.kill('SIGKILL');
  }

  /** One that idles keeps nobody from ending. */
  private keepAwake(awake: boolean): void {
    const { child } = this;
    if (awake) (child.ref(), child.channel?.ref());
    else (child.unref(), child.channel?.unref());
  }
}

/** V8 aborts a process whose heap is full; the kernel kills one for which the machine has no memory. */
const isOutOfMemory = (code: number | null, by: string | null): boolean => by === 'SIGABRT' || by === 'SIGKILL' || by === 'SIGTRAP' || code === 134;
