import type { Artifact, ReplayReport, SessionReplayReport, SubjectReply, SubjectRequest } from '@symphainy/contracts';
import type { QueryHandlers } from '../intake/intake.ports.js';
import type { PersonalData } from '../personal-data/personal-data.js';

/** Reads that name one execution, whose answers are that execution's. */
type OfExecution = 'runtime.execution.read' | 'runtime.execution.result' | 'runtime.state.read';

type Opened = OfExecution | 'runtime.artifact.list' | 'runtime.state.query' | 'runtime.execution.validate' | 'runtime.session.validate';

/**
 * Reads as callers see them: what is sealed is opened on its way out and nowhere kept; what was erased reads `[erased]`. Frames, events and the log itself are answered as they are
 * recorded.
 */
export class PersonalReads {
  constructor(
    private readonly queries: QueryHandlers,
    private readonly personal: PersonalData,
  ) {}

  get handlers(): Pick<QueryHandlers, Opened> {
    return {
      'runtime.execution.validate': async (request) => this.traced(request.caller.tenant_id, await this.queries['runtime.execution.validate'](request)),
      'runtime.session.validate': async (request) => {
        const found = await this.queries['runtime.session.validate'](request);
        return { ...found, reports: await Promise.all(found.reports.map((report) => this.traced(request.caller.tenant_id, report))) };
      },
      'runtime.execution.read': (request) => this.ofExecution(request, this.queries['runtime.execution.read'](request)),
      'runtime.execution.result': (request) => this.ofExecution(request, this.queries['runtime.execution.result'](request)),
      'runtime.state.read': (request) => this.ofExecution(request, this.queries['runtime.state.read'](request)),
      'runtime.artifact.list': async (request) => {
        const found = await this.queries['runtime.artifact.list'](request);
        return { ...found, artifacts: await this.each(request.caller.tenant_id, found.artifacts) };
      },
      'runtime.state.query': async (request) => {
        const found = await this.queries['runtime.state.query'](request);
        return { ...found, entries: await this.each(request.caller.tenant_id, found.entries) };
      },
    };
  }

  /** A value of an execution as a caller sees it. */
  open<T>(tenantId: string, executionId: string, value: T): Promise<T> {
    return this.personal.open({ tenantId, executionId }, value, () => undefined);
  }

  /** A replay says which of its personal data is gone. */
  async replay(tenantId: string, report: ReplayReport): Promise<ReplayReport> {
    const traced = await this.traced(tenantId, report);
    return traced.state === undefined ? traced : { ...traced, state: await this.open(tenantId, report.execution_id, traced.state) };
  }

  async sessionReplay(tenantId: string, report: SessionReplayReport): Promise<SessionReplayReport> {
    return { ...report, executions: await Promise.all(report.executions.map((execution) => this.replay(tenantId, execution))) };
  }

  /** An artifact in plain, and what the bytes of its object open with; without, they are erased. */
  async artifact(tenantId: string, artifact: Artifact): Promise<SubjectReply<'runtime.artifact.read'>> {
    const opened = await this.open(tenantId, artifact.execution_id, artifact);
    const key = artifact.object?.sealed === undefined ? undefined : await this.personal.objects.keyOf(tenantId, artifact.object.sealed);
    return key === undefined ? opened : { ...opened, content_key: Buffer.from(key).toString('base64url') };
  }

  private async traced<T extends { readonly sealed_under?: string[] | undefined }>(tenantId: string, report: T): Promise<T> {
    if (report.sealed_under === undefined) return report;
    const erased = await this.personal.keys.destroyed(tenantId, report.sealed_under);
    return erased.length === 0 ? report : { ...report, erased };
  }

  private async ofExecution<R>({ caller, execution_id }: SubjectRequest<OfExecution>, answer: Promise<R>): Promise<R> {
    return this.open(caller.tenant_id, execution_id, await answer);
  }

  private each<T extends { readonly execution_id: string }>(tenantId: string, entries: readonly T[]): Promise<T[]> {
    return Promise.all(entries.map((entry) => this.open(tenantId, entry.execution_id, entry)));
  }
}
