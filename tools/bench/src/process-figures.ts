import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what /proc counts CPU time in, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Fields of /proc/<pid>/stat after the command name, which may itself hold spaces. */
const statFields = (pid: number): string[] | undefined => read(`/proc/${pid}/stat`)?.replace(/^.*\) /s, '').split(' ');

/** The process and all its descendants, now. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(statFields(Number(entry))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found: number[] = [];
  for (const queue = [root]; queue.length > 0; ) {
    const pid = queue.pop()!;
    found.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** CPU time used so far by the tree, those children that ended and were waited for included, in microseconds. */
export function cpuMicros(root: number): number {
  let ticks = 0;
  for (const pid of processTree(root)) {
    const fields = statFields(pid);
    if (fields !== undefined) ticks += Number(fields[11]) + Number(fields[12]) + (pid === root ? Number(fields[13]) + Number(fields[14]) : 0);
  }
  return (ticks / TICKS_PER_SECOND) * 1_000_000;
}

/** Memory of the tree in MiB: its peak, what is resident now, or (for Postgres, whose processes share memory) its proportional share now (PSS). */
export function memoryMiB(root: number, measure: 'peak' | 'resident' | 'proportional'): number {
  let kib = 0;
  for (const pid of processTree(root)) {
    const [file, line] = MEMORY_LINES[measure];
    kib += Number(line.exec(read(`/proc/${pid}/${file}`) ?? '')?.[1] ?? 0);
  }
  return kib / 1024;
}

const MEMORY_LINES = {
  peak: ['status', /VmHWM:\s+(\d+)/],
  resident: ['status', /VmRSS:\s+(\d+)/],
  proportional: ['smaps_rollup', /^Pss:\s+(\d+)/m],
} as const;
