/** What the main job made: one row per execution. The field names are those of `--json`. */
export interface ExecutionReport {
  readonly execution_id: string;
  readonly intent_type: string;
  readonly status: string;
  readonly steps: number;
  readonly artifacts: number;
  readonly records: number;
  readonly chain_verified: boolean;
  /** The file it worked on. */
  readonly file?: string;
  /** Why it did not complete. */
  readonly error?: { readonly code: string; readonly message: string; readonly fix?: string };
}

export interface RunReport {
  /** Everything completed, and every stream verified. */
  readonly ok: boolean;
  readonly executions: readonly ExecutionReport[];
  readonly records_total: number;
  readonly duration_ms: number;
  readonly url: string;
  /** Files that were refused before any execution. */
  readonly refused: readonly { readonly file: string; readonly code: string; readonly message: string; readonly fix?: string }[];
}

const pad = (cells: readonly string[], widths: readonly number[]): string => cells.map((cell, i) => (/^\d+$/.test(cell) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ').trimEnd();

/** The table a person reads at the end. */
export function renderReport(report: RunReport): string {
  const head = ['execution', 'intent', 'file', 'status', 'steps', 'artifacts', 'records', 'chain'];
  const rows = report.executions.map((e) => [e.execution_id, e.intent_type, e.file ?? '', e.status, String(e.steps), String(e.artifacts), String(e.records), e.chain_verified ? 'verified' : 'BROKEN']);
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const failures = report.executions.flatMap((e) => (e.error === undefined ? [] : [problemLine(e.file ?? e.intent_type, e.error)]));
  const refusals = report.refused.map((r) => problemLine(r.file, r));
  return [
    pad(head, widths),
    pad(widths.map((w) => '─'.repeat(w)), widths),
    ...rows.map((row) => pad(row, widths)),
    '',
    ...[...failures, ...refusals].flatMap((line) => [line, '']),
    `${report.executions.length} executions, ${report.records_total} records, ${(report.duration_ms / 1000).toFixed(1)} s: ${report.ok ? 'everything completed and every chain verified' : 'NOT everything completed and verified'}`,
  ].join('\n');
}

const problemLine = (what: string, problem: { readonly code: string; readonly message: string; readonly fix?: string }): string =>
  `${what}: ${problem.message} (${problem.code})${problem.fix === undefined ? '' : `\n  → ${problem.fix}`}`;
