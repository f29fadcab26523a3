/** A server as a child process: started, awaited until it says it is ready, stopped, and never outliving its parent. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findProgram } from './install.js';

export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
  constructor(
    readonly server: string,
    /** The last lines the server wrote. */
    readonly output: string,
  ) {
    super(`${server} did not start: ${output || 'it wrote nothing'}`);
  }
}

export interface ServerCommand {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** A line of output that matches says: ready to accept connections. */
  readonly ready: RegExp;
  /** The signal of an orderly stop, also sent when the parent dies. */
  readonly stopSignal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  /** Run as this system user (only root can). */
  readonly user?: string;
  /** Text given on standard input. */
  readonly input?: string;
  /** An open descriptor that the server finds as its descriptor 3. */
  readonly inheritFd?: number;
  /** Gets each line of its log, from the first on. */
  readonly onLine?: ((line: string) => void) | undefined;
}

export interface RunningServer {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** Asks for an orderly stop and waits; after `graceMs` (default 10 s) kills. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL: what a crash looks like. */
  kill(): Promise<void>;
}

const TAIL_LINES = 20;
const START_MS_MAX = 60_000;

/**
 * The command under setpriv: `--pdeathsig` makes the kernel signal the server when this process ends in whatever way. Exit handlers
 * could not: nothing runs on SIGKILL.
 */
export const asGuardedCommand = (command: Pick<ServerCommand, 'program' | 'args' | 'user' | 'stopSignal'>): { program: string; args: string[] } => {
  const setpriv = findProgram('setpriv');
  if (setpriv === undefined) throw new ServerStartError(command.program, 'setpriv is missing: install the Debian package util-linux');
  const user = command.user === undefined ? [] : ['--reuid', command.user, '--regid', command.user, '--clear-groups'];
  return { program: setpriv, args: [...user, '--pdeathsig', command.stopSignal.replace('SIG', ''), '--', command.program, ...command.args] };
};

/** Starts the server and resolves once it is ready; rejects with its last lines when it ends before, or takes longer than a minute. */
export async function startServer(command: ServerCommand): Promise<RunningServer> {
  const guarded = asGuardedCommand(command);
  const stdio: StdioOptions = [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...(command.inheritFd === undefined ? [] : [command.inheritFd])];
  // Detached: a Ctrl-C at the terminal reaches us alone, and the servers stop after those who use them.
  const child = spawn(guarded.program, guarded.args, { cwd: '/', detached: true, stdio });
  child.stdin?.on('error', () => undefined).end(command.input);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  await untilReady(child, command, ended);
  // Neither the process nor its pipes keep a finished program alive.
  child.unref();
  for (const pipe of [child.stdout, child.stderr]) (pipe as unknown as { unref?: () => void } | null)?.unref?.();
  return { pid: child.pid!, ended, stop: (graceMs) => stopServer(child, command.stopSignal, ended, graceMs), kill: () => killServer(child, ended) };
}

function untilReady(child: ChildProcess, command: ServerCommand, ended: Promise<void>): Promise<void> {
  const tail: string[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new ServerStartError(command.name, tail.join('\n')));
    }, START_MS_MAX);
    const onLine = (line: string): void => {
      if (tail.push(line) > TAIL_LINES) tail.shift();
      command.onLine?.(line);
      if (!command.ready.test(line)) return;
      clearTimeout(timer);
      resolve();
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', onLine);
    child.once('error', (error) => onLine(error.message));
    child.once('close', () => {
      clearTimeout(timer);
      reject(new ServerStartError(command.name, tail.join('\n')));
    });
    void ended.then(() => (child.pid === undefined ? reject(new ServerStartError(command.name, tail.join('\n'))) : undefined));
  });
}

async function stopServer(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<void>, graceMs = 10_000): Promise<void> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

async function killServer(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}
