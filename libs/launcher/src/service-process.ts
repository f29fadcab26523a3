import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { asGuardedCommand } from '@symphainy/servers-local';

export interface ServiceProgram {
  /** Name shown in the log view, and its key among the processes. */
  readonly name: string;
  /** The compiled `main.js`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One service as a process of its own. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** Base URL of its HTTP server. */
  readonly url: string;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM, and SIGKILL when it does not drain in time. */
  stop(): Promise<void>;
  /** SIGKILL: what a crash looks like. */
  kill(): Promise<void>;
}

export class ServiceStartError extends Error {
  override readonly name = 'ServiceStartError';
}

const STOP_LIMIT_MS = 15_000;
const KEPT_LINES = 30;

/**
 * Starts a service and waits until it listens. `onLine` gets each log line. Rejects with ServiceStartError, quoting the last lines,
 * when the process ends before it is up. The process dies with this one, however that ends.
 */
export async function startService(program: ServiceProgram, onLine: (service: string, line: string) => void): Promise<ServiceProcess> {
  // Without source maps: reading those of every module would be a fifth of what loading a service takes.
  // Killed, not asked, when this process dies: the servers go at the same moment, and nothing is left to finish work with.
  const guarded = asGuardedCommand({ program: process.execPath, args: [program.program], stopSignal: 'SIGKILL' });
  // Detached: a Ctrl-C at the terminal reaches the launcher alone, which stops services in their order.
  const child = spawn(guarded.program, guarded.args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] ?? '', ...program.env } });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }));
  const url = await listening(program, child, child.stderr, exited, onLine);
  return { name: program.name, pid: child.pid!, url, exited, stop: () => stop(child, exited), kill: () => kill(child, exited) };
}

async function listening(program: ServiceProgram, child: ChildProcess, stderr: Readable, exited: ServiceProcess['exited'], onLine: (service: string, line: string) => void): Promise<string> {
  const last: string[] = [];
  const up = new Promise<string>((resolve) => {
    createInterface({ input: stderr }).on('line', (line) => {
      if (last.push(line) > KEPT_LINES) last.shift();
      onLine(program.name, line);
      const url = / is up"/.test(line) ? /"url":"([^"]+)"/.exec(line)?.[1] : undefined;
      if (url !== undefined) resolve(url);
    });
  });
  const died = exited.then(({ code, signal }) => {
    throw new ServiceStartError(`${program.name} ended with ${signal ?? code} before it was up:\n${last.join('\n')}`);
  });
  const url = await Promise.race([up, died]);
  died.catch(() => undefined);
  return url;
}

async function stop(child: ChildProcess, exited: ServiceProcess['exited']): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(deadline);
}

async function kill(child: ChildProcess, exited: ServiceProcess['exited']): Promise<void> {
  child.kill('SIGKILL');
  await exited;
}

const READY_POLL_MS = 20;

/** Waits until a service's `/readyz` says yes; rejects naming what is missing after `limitMs`. */
export async function awaitReady(service: Pick<ServiceProcess, 'name' | 'url'>, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    const response = await fetch(`${service.url}/readyz`);
    if (response.ok) return;
    const { missing } = (await response.json()) as { missing: string[] };
    if (performance.now() > end) throw new ServiceStartError(`${service.name} is not ready: ${missing.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}
