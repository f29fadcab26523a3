import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import type { BenchArguments } from './arguments.js';
import { BusDriver } from './bus-driver.js';
import { cpuMicros, memoryMiB } from './process-figures.js';
import { RestDriver } from './rest-driver.js';
import { preloadLog } from './preload.js';
import { type Execute, IN_FLIGHT, measureLatency, measureStarts, measureThroughput, type Throughput } from './workload.js';

/** What one run found. CPU is per execution of the REST throughput run, memory the peak of each component at the end. */
export interface BenchFigures {
  readonly rest_executions_per_s_64: number;
  readonly bus_executions_per_s_64: number;
  readonly p50_ms_1: number;
  readonly p95_ms_1: number;
  readonly p99_ms_1: number;
  /** Acknowledged starts (accepted, decided, durable) at 500 a second, timed from when each was due. */
  readonly start_p50_ms_500: number;
  readonly start_p99_ms_500: number;
  readonly cold_start_ms: number;
  readonly rss_mb: number;
  readonly cpu_us_per_execution: Readonly<Record<Component, number>>;
  readonly rss_mb_by_component: Readonly<Record<Component, number>>;
  readonly runtimes: number;
  readonly preloaded_frames: number;
  /** With `--in-flight`: how many were held, and the largest runtime's resident memory while they were. */
  readonly in_flight?: number;
  readonly in_flight_runtime_rss_mb?: number;
}

const components = ['gateway', 'runtime', 'realm', 'bus', 'postgres', 'redis', 'smart_city', 'client'] as const;
type Component = (typeof components)[number];

export const benchRoot = join(__dirname, '..', '..', '..');
/** Until V8 has compiled what runs: the runtime took 563 µs an execution of the first 3,000, 363 of the third, 350 of the twelfth. */
const WARM_UP = 6000;
const LATENCY_WARM_UP = 50;
const LATENCY_EXECUTIONS = 500;
const STARTS_PER_S = 500;
const STARTS_S = 10;
const COLD_START_LIMIT_MS = 60_000;

/** Boots the platform on an empty data directory, measures, and takes everything down again. */
export async function runBench(args: BenchArguments, say: (text: string) => void): Promise<BenchFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-bench-'));
  const stack = await startLocalStack({
    root: benchRoot,
    dataDir,
    only: ['smart-city', 'runtime', 'experience-gateway'],
    realms: [{ name: 'realm-bench', realm: 'bench', program: join(benchRoot, 'tools', 'bench', 'dist', 'bench-realm.js') }],
    awaitReady: false,
    runtimes: args.runtimes,
    onLine: (service, line) => /"level":"(error|fatal)"/.test(line) && say(`${service}: ${line}`),
  });
  try {
    return await measure(stack, args, say);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: LocalStack, args: BenchArguments, say: (text: string) => void): Promise<BenchFigures> {
  const rest = await RestDriver.open(stack.gatewayUrl, stack.keyOf('alice'));
  const coldStartMs = await firstCompletion(rest.execute, stack);
  say(`cold start to first completed execution: ${coldStartMs.toFixed(0)} ms`);

  if (args.preload > 0) await preloadLog(stack.postgresUrl, args.preload, say);
  await measureThroughput(rest.execute, WARM_UP, IN_FLIGHT);
  const { throughput, cpu } = await withCpu(stack, args.runtimes, () => measureThroughput(rest.execute, args.executions, IN_FLIGHT));
  say(`REST, ${IN_FLIGHT} in flight: ${throughput.perSecond.toFixed(0)} executions/s`);

  await measureThroughput(rest.execute, LATENCY_WARM_UP, 1);
  const latency = await measureLatency(rest.execute, LATENCY_EXECUTIONS);
  say(`REST, one in flight: p50 ${latency.p50Ms.toFixed(2)} ms, p95 ${latency.p95Ms.toFixed(2)} ms, p99 ${latency.p99Ms.toFixed(2)} ms`);
  const starts = await measureStarts(rest.start, STARTS_PER_S, STARTS_S);
  say(`REST, ${STARTS_PER_S} starts/s: p50 ${starts.p50Ms.toFixed(2)} ms, p99 ${starts.p99Ms.toFixed(2)} ms`);

  const bus = await BusDriver.open(stack);
  await measureThroughput(bus.execute, WARM_UP, IN_FLIGHT);
  const direct = await measureThroughput(bus.execute, args.executions, IN_FLIGHT);
  say(`bus, ${IN_FLIGHT} in flight: ${direct.perSecond.toFixed(0)} executions/s`);
  await bus.close();

  const memory = memoryByComponent(stack, args.runtimes);
  const held = args.inFlight === 0 ? {} : await holdMany(stack, rest.hold, args, say);
  await rest.close();
  return {
    rest_executions_per_s_64: round(throughput.perSecond),
    bus_executions_per_s_64: round(direct.perSecond),
    p50_ms_1: round(latency.p50Ms),
    p95_ms_1: round(latency.p95Ms),
    p99_ms_1: round(latency.p99Ms),
    start_p50_ms_500: round(starts.p50Ms),
    start_p99_ms_500: round(starts.p99Ms),
    cold_start_ms: round(coldStartMs),
    rss_mb: round(components.filter((c) => c !== 'client').reduce((sum, c) => sum + memory[c], 0)),
    cpu_us_per_execution: cpu,
    rss_mb_by_component: memory,
    runtimes: args.runtimes,
    preloaded_frames: args.preload,
    ...held,
  };
}

/** Executions whose step does not answer, so that all of them are in the runtimes' memory at once. */
async function holdMany(stack: LocalStack, hold: Execute, { inFlight, runtimes }: BenchArguments, say: (text: string) => void): Promise<Pick<BenchFigures, 'in_flight' | 'in_flight_runtime_rss_mb'>> {
  await measureThroughput(hold, inFlight, IN_FLIGHT);
  const largest = Math.max(...runtimePids(stack, runtimes).map((pid) => memoryMiB(pid, 'resident')));
  say(`${inFlight} in flight: ${largest.toFixed(0)} MiB in the largest runtime`);
  return { in_flight: inFlight, in_flight_runtime_rss_mb: round(largest) };
}

/** From the start of the first server process to the first completed execution; until capabilities are registered, submissions are refused. */
async function firstCompletion(execute: Execute, stack: LocalStack): Promise<number> {
  for (;;) {
    try {
      await execute();
      return performance.now() - stack.startedAt;
    } catch (error) {
      if (performance.now() - stack.startedAt > COLD_START_LIMIT_MS) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const runtimePids = (stack: LocalStack, runtimes: number): number[] => Array.from({ length: runtimes }, (_, i) => stack.pidOf(i === 0 ? 'runtime' : `runtime-${i + 1}`));

const pidsOf = (stack: LocalStack, runtimes: number): Record<Component, number[]> => ({
  gateway: [stack.pidOf('experience-gateway')],
  runtime: runtimePids(stack, runtimes),
  realm: [stack.pidOf('realm-bench')],
  bus: [stack.pidOf('nats')],
  postgres: [stack.pidOf('postgres')],
  redis: [stack.pidOf('redis')],
  smart_city: [stack.pidOf('smart-city')],
  client: [process.pid],
});

const own = (pid: number): number => (pid === process.pid ? (process.cpuUsage().user + process.cpuUsage().system) : cpuMicros(pid));

async function withCpu(stack: LocalStack, runtimes: number, run: () => Promise<Throughput>): Promise<{ throughput: Throughput; cpu: Record<Component, number> }> {
  const pids = pidsOf(stack, runtimes);
  const read = (): Record<Component, number> => mapComponents((c) => pids[c].reduce((sum, pid) => sum + own(pid), 0));
  const before = read();
  const throughput = await run();
  const after = read();
  return { throughput, cpu: mapComponents((c) => round((after[c] - before[c]) / throughput.executions)) };
}

const memoryByComponent = (stack: LocalStack, runtimes: number): Record<Component, number> => {
  const pids = pidsOf(stack, runtimes);
  return mapComponents((c) => round(c === 'client' ? process.memoryUsage().rss / 1024 / 1024 : pids[c].reduce((sum, pid) => sum + memoryMiB(pid, c === 'postgres' ? 'proportional' : 'peak'), 0)));
};

const mapComponents = <T>(value: (component: Component) => T): Record<Component, T> => Object.fromEntries(components.map((c) => [c, value(c)])) as Record<Component, T>;

const round = (value: number): number => Math.round(value * 100) / 100;
