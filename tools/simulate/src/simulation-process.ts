import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const violation = z.object({ invariant: z.string(), detail: z.string(), at: z.number() });
export type Violation = z.infer<typeof violation>;

const schedule = z.object({ seed: z.number(), violations: z.array(violation), events: z.number(), executions: z.number(), frames: z.number(), dispatches: z.number(), crashes: z.number(), writeKills: z.number(), lasted: z.number() });
export type Schedule = z.infer<typeof schedule>;

const mutant = z.object({ name: z.string(), source: z.string(), what: z.string(), found: z.object({ seed: z.number(), schedules: z.number(), invariant: z.string(), detail: z.string() }).optional() });
export type HuntedMutant = z.infer<typeof mutant>;

const line = z.object({ begins: z.number(), trace: z.string(), schedule, mutant, unhandled: z.string() }).partial();
export type Line = z.infer<typeof line>;

/** The simulation runs the runtime's own code, which no other project may import: its program is started, as the services' are. */
const PROGRAM = join(__dirname, '..', '..', '..', 'apps', 'runtime', 'dist', 'testing', 'simulation', 'program.js');
/** A schedule takes milliseconds; one that says nothing for so long will not end. */
const HANGS_MS = 60_000;

/** Runs one job and hears its lines; resolves at its end. Rejects when it fails or hangs, naming the seed it was at. */
export function simulate(job: object, hear: (line: Line) => void): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let seed: number | undefined;
  let hangs = false;
  const giveUp = (): void => {
    hangs = true;
    child.kill('SIGKILL');
  };
  let patience = setTimeout(giveUp, HANGS_MS);
  createInterface({ input: child.stdout }).on('line', (text) => {
    clearTimeout(patience);
    patience = setTimeout(giveUp, HANGS_MS);
    const heard = line.parse(JSON.parse(text));
    seed = heard.begins ?? seed;
    hear(heard);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(patience);
      if (code === 0) resolve();
      else reject(new Error(hangs ? `the schedule of seed ${seed ?? '?'} does not end` : `the simulation ended with ${signal ?? String(code)} at seed ${seed ?? '?'}`));
    });
  });
}
