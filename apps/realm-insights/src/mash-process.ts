import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { failure } from '@symphainy/contracts';
import { fromWireError, PlatformError, type Json } from '@symphainy/kernel';
import { limits } from './model/limits.js';
import type { MashAnswer, MashChecked, MashMessage, MashWork } from './model/mash.work.js';

type Progress = (done: { [part: string]: Json }) => void;

/**
 * Runs one mash in a process of its own, with nothing of this one's environment. Beyond its memory or time it ends with `mash.too_costly`; when the signal is aborted it is killed
 * and the promise rejects.
 */
export async function inMashProcess(work: MashWork, signal: AbortSignal, progress: Progress, ms: number = limits.mashMs): Promise<MashAnswer | MashChecked> {
  const child = fork(join(__dirname, '..', 'dist', 'mash-process.main.js'), [], { env: {}, execArgv: [`--max-old-space-size=${limits.mashOverheadMib}`], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  try {
    return await answerOf(child, work, { signal, ms }, progress);
  } finally {
    child.kill('SIGKILL');
  }
}

function answerOf(child: ChildProcess, work: MashWork, { signal: cancelled, ms }: { readonly signal: AbortSignal; readonly ms: number }, progress: Progress): Promise<MashAnswer | MashChecked> {
  const stopped = AbortSignal.any([cancelled, AbortSignal.timeout(ms)]);
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelled.aborted ? overError(cancelled) : tooCostly(`it took more than ${ms / 1000} seconds`));
    stopped.addEventListener('abort', stop, { once: true });
    child.on('message', (message: MashMessage) => {
      if ('progress' in message) return progress(message.progress);
      stopped.removeEventListener('abort', stop);
      if ('failure' in message) reject(fromWireError(message.failure));
      else resolve(message.answer);
    });
    child.once('error', reject);
    child.once('exit', (code, by) => reject(isOutOfMemory(code, by) ? tooCostly('it took more memory than a mash may take') : new Error(`the process of a mash ended without an answer: ${by ?? code}`)));
    if (stopped.aborted) return stop();
    child.send(work);
  });
}

const overError = ({ reason }: AbortSignal): Error => (reason instanceof PlatformError ? reason : failure('execution.cancelled', { message: 'the mash was given up' }));

const tooCostly = (message: string): Error => failure('mash.too_costly', { message, field: '/sql' });

/** V8 aborts a process whose heap is full; the kernel kills one for which the machine has no memory. */
const isOutOfMemory = (code: number | null, by: string | null): boolean => by === 'SIGABRT' || by === 'SIGKILL' || by === 'SIGTRAP' || code === 134;
