import { cpus, totalmem } from 'node:os';
import type { BenchFigures } from './run-bench.js';

const row = (name: string, value: string): string => `| ${name} | ${value} |`;

/** The figures as Markdown, as they stand in docs/performance.md. */
export function summaryTable(figures: BenchFigures): string {
  const cpu = Object.entries(figures.cpu_us_per_execution);
  return [
    `Machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.versions.node}`,
    '',
    row('figure', 'value'),
    row('---', '---:'),
    row('executions/s, 64 in flight, REST', figures.rest_executions_per_s_64.toFixed(0)),
    row('executions/s, 64 in flight, bus', figures.bus_executions_per_s_64.toFixed(0)),
    row('p50 / p95 / p99 ms, one in flight, REST', [figures.p50_ms_1, figures.p95_ms_1, figures.p99_ms_1].map((v) => v.toFixed(2)).join(' / ')),
    row('p50 / p99 ms of an acknowledged start, 500 starts/s, REST', [figures.start_p50_ms_500, figures.start_p99_ms_500].map((v) => v.toFixed(2)).join(' / ')),
    row('cold start to first completed execution, ms', figures.cold_start_ms.toFixed(0)),
    row('memory of all processes, MiB', figures.rss_mb.toFixed(0)),
    ...(figures.in_flight === undefined || figures.in_flight_runtime_rss_mb === undefined ? [] : [row(`memory of the largest runtime, ${figures.in_flight} executions in flight, MiB`, figures.in_flight_runtime_rss_mb.toFixed(0))]),
    ...(figures.runtimes === 1 ? [] : [row('runtimes', String(figures.runtimes))]),
    ...(figures.preloaded_frames === 0 ? [] : [row('frames in the log beforehand', String(figures.preloaded_frames))]),
    ...cpu.map(([component, micros]) => row(`CPU µs per execution, ${component}`, micros.toFixed(0))),
    row('CPU µs per execution, all', cpu.reduce((sum, [, micros]) => sum + micros, 0).toFixed(0)),
  ].join('\n');
}
