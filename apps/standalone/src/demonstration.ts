import { basename, dirname, join } from 'node:path';
import type { ExecutionView, ValidationReport, WalRecord } from '@symphainy/contracts';
import { asPlatformError } from '@symphainy/kernel';
import type { ExecutionReport, RunReport } from './report.js';
import type { SourceFile } from './sample-files.js';

/** What the job asks of the gateway. */
export interface GatewayAccess {
  readonly url: string;
  createSession(): Promise<string>;
  upload(sessionId: string, path: string, name: string): Promise<{ reference: string; execution_id: string }>;
  submit(sessionId: string, intentType: string, payload: { [key: string]: string }): Promise<string>;
  /** Follows an execution live until it has ended. */
  follow(executionId: string, onRecord: (record: WalRecord) => void): Promise<ExecutionView>;
  artifactContent(artifactId: string): Promise<unknown>;
  validate(sessionId: string): Promise<readonly ValidationReport[]>;
}

export type Say = (line: string) => void;

interface Done {
  readonly view: ExecutionView;
  readonly file: string | undefined;
}

/** Headings that announce steps to follow. Numbered conditions or findings are no procedure. */
const ANNOUNCES_PROCEDURE = /\b(procedure|steps|instructions|how to|checklist)\b/i;

/**
 * The platform's main job, over its public API like any caller: ingest each file, profile what holds tables, draft an SOP from what holds
 * numbered steps, synthesise a report over the session, then validate every stream the session has.
 */
export class Demonstration {
  private readonly done: Done[] = [];
  private readonly refused: RunReport['refused'][number][] = [];
  private sessionId = '';

  constructor(
    private readonly gateway: GatewayAccess,
    private readonly say: Say,
    private readonly monotonic: () => number,
  ) {}

  async run(files: readonly SourceFile[]): Promise<RunReport> {
    const started = this.monotonic();
    this.sessionId = await this.gateway.createSession();
    for (const file of files) await this.process(file);
    if (this.done.some((d) => d.view.intent_type !== 'runtime.upload' && d.view.status === 'completed')) await this.execute('solution.synthesize', { title: 'What the documents hold' }, undefined);
    return this.report(started);
  }

  private async process(file: SourceFile): Promise<void> {
    try {
      this.say(`${file.name}`);
      const source = await this.upload(file.path, file.name);
      const payload: { [key: string]: string } = { source };
      if (file.copybook !== undefined) payload['copybook'] = await this.upload(file.copybook, join(dirname(file.name), basename(file.copybook)));
      const ingested = await this.execute('content.ingest', payload, file.name);
      if (ingested.status === 'completed') await this.interpret(ingested, file.name);
    } catch (error) {
      const { code, message, fix } = asProblem(error);
      this.say(`  refused: ${message} (${code})${fix === undefined ? '' : ` → ${fix}`}`);
      this.refused.push({ file: file.name, code, message, ...(fix === undefined ? {} : { fix }) });
    }
  }

  /** What follows depends on what the document holds, not on its name. */
  private async interpret(ingested: ExecutionView, file: string): Promise<void> {
    const document = ingested.artifacts.find((a) => a.artifact_type === 'content.document');
    if (document === undefined) return;
    const { blocks, tables } = (await this.gateway.artifactContent(document.artifact_id)) as { blocks: { type: string; text: string }[]; tables: unknown[] };
    if (tables.length > 0) await this.execute('insights.profile', { source: document.artifact_id }, file);
    if (blocks.some((b) => b.type === 'heading' && ANNOUNCES_PROCEDURE.test(b.text))) await this.execute('journey.create_sop', { source: document.artifact_id }, file);
  }

  private async upload(path: string, name: string): Promise<string> {
    const { reference, execution_id } = await this.gateway.upload(this.sessionId, path, basename(path));
    this.done.push({ view: await this.gateway.follow(execution_id, () => undefined), file: name });
    return reference;
  }

  private async execute(intentType: string, payload: { [key: string]: string }, file: string | undefined): Promise<ExecutionView> {
    const id = await this.gateway.submit(this.sessionId, intentType, payload);
    const steps: string[] = [];
    const view = await this.gateway.follow(id, (record) => {
      if (record.type === 'step_completed') steps.push(record.step);
      if (record.type === 'step_retry_scheduled') this.say(`  ${intentType}: ${record.step} is tried again`);
    });
    this.say(`  ${intentType}: ${view.status === 'completed' ? steps.join(' → ') : `${view.status}: ${view.error?.message ?? ''} (${view.error?.code ?? ''})`}`);
    this.done.push({ view, file });
    return view;
  }

  private async report(started: number): Promise<RunReport> {
    const reports = await this.gateway.validate(this.sessionId);
    const valid = new Map(reports.map((r) => [r.stream_id, r.valid]));
    const executions = this.done.map((d) => rowOf(d, valid.get(d.view.execution_id) === true));
    return {
      ok: executions.length > 0 && this.refused.length === 0 && executions.every((e) => e.status === 'completed' && e.chain_verified) && reports.every((r) => r.valid),
      executions,
      records_total: reports.reduce((sum, r) => sum + r.records, 0),
      duration_ms: Math.round(this.monotonic() - started),
      url: this.gateway.url,
      refused: this.refused,
    };
  }
}

function rowOf({ view, file }: Done, verified: boolean): ExecutionReport {
  const { error } = view;
  return {
    execution_id: view.execution_id,
    intent_type: view.intent_type,
    status: view.status,
    steps: view.steps.filter((s) => s.status === 'completed').length,
    artifacts: view.artifacts.length,
    records: view.records,
    chain_verified: verified,
    ...(file === undefined ? {} : { file }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message, ...(error.fix === undefined ? {} : { fix: error.fix }) } }),
  };
}

/** Errors of the gateway carry a code; anything else is told by name. */
function asProblem(error: unknown): { code: string; message: string; fix?: string } {
  const given = error as { code?: unknown; message?: unknown; fix?: unknown };
  if (typeof given.code === 'string' && typeof given.message === 'string') return { code: given.code, message: given.message, ...(typeof given.fix === 'string' ? { fix: given.fix } : {}) };
  return asPlatformError(error);
}

