/** `solution.synthesize` (gather → compose → check) and `solution.check_report`: reports that say nothing they cannot show. */
import { failure } from '@symphainy/contracts';
import { PlatformError, type Json } from '@symphainy/kernel';
import { defineCapability, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { artifactsReply, executionsReply, inventory as inventorySchema, type Inventory, type ListedArtifact, type ListedExecution } from './model/inventory.schema.js';
import { checkReportOutput, checkReportPayload, report as reportSchema, summaryOf, synthesizeOutput, synthesizePayload, type CheckReportPayload, type Report, type SynthesizePayload } from './model/report.schema.js';
import { isTold, rankOf, tellArtifact, tellInventory } from './services/artifact-statements.service.js';
import { takeInventory } from './services/inventory.service.js';
import { renderMarkdown } from './services/markdown.service.js';
import { checkReport, type ResolveArtifact } from './services/report-check.service.js';
import { composeReport, type SectionDraft } from './services/report-composition.service.js';
import type { SourceArtifact } from './model/statement-draft.js';

const LONG_MS = 300_000;
/** The session's lists may lag behind the log for a moment. */
const patient = { max_attempts: 6, initial_delay_ms: 200 };

export const synthesize = defineCapability({
  intent: 'solution.synthesize',
  version: '1.0.0',
  description: 'Reports on the session’s executions; every statement cites the artifact it rests on, and every citation is resolved again before the report stands.',
  determinism: 'deterministic',
  input: synthesizePayload,
  output: synthesizeOutput,
  tools: ['session.executions', 'session.artifacts'],
  saga: [task('gather', gather, { retry: patient }), task('compose', compose, { timeoutMs: LONG_MS }), task('check', check, { timeoutMs: LONG_MS })],
});

export const checkReportAgain = defineCapability({
  intent: 'solution.check_report',
  version: '1.0.0',
  description: 'Checks a report anew: resolves each citation and holds every figure against what is cited.',
  determinism: 'deterministic',
  input: checkReportPayload,
  output: checkReportOutput,
  tools: ['session.artifacts'],
  saga: [task('check', recheck, { timeoutMs: LONG_MS })],
});

async function gather(step: StepTask<SynthesizePayload>): Promise<StepResultInput> {
  const { execution_ids } = step.payload;
  const executions = await allPages(async (page) => {
    const reply = executionsReply.parse(await step.tool('session.executions', { ...page, ...(execution_ids === undefined ? {} : { execution_ids }) }));
    return { items: reply.executions, next: reply.next_cursor };
  });
  const artifacts = await allPages(async (page) => {
    const reply = artifactsReply.parse(await step.tool('session.artifacts', page));
    return { items: reply.artifacts, next: reply.next_cursor };
  });
  const content: { executions: ListedExecution[]; artifacts: ListedArtifact[] } = { executions, artifacts };
  const inventory = takeInventory({ ...content, self: step.context.execution_id, ...(execution_ids === undefined ? {} : { wanted: execution_ids }) });
  const summary = { completed: inventory.completed.length, failed: inventory.failed.length, artifacts: inventory.artifacts.length };
  return { output: summary, artifacts: [await step.artifact('inventory', 'solution.inventory', asJson(inventory), { summary })] };
}

const PAGE = 200;

async function allPages<T>(fetch: (page: { [key: string]: Json }) => Promise<{ items: T[]; next: string | undefined }>): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await fetch({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...items);
    if (next === undefined || next === cursor) return all;
    cursor = next;
  }
}

async function compose(step: StepTask<SynthesizePayload>): Promise<StepResultInput> {
  const own = await readSource(step, step.artifactId('inventory', 'gather'));
  const inventory = inventorySchema.parse(own.content);
  const read: SourceArtifact[] = [];
  const sections: SectionDraft[] = [{ title: 'What this report covers', statements: tellInventory(own) }];
  for (const execution of inventory.completed) {
    step.progress({ section: sections.length, of: inventory.completed.length });
    const { section, sources } = await tellExecution(step, inventory, execution);
    sections.push(section);
    read.push(...sources.map((source) => ({ ...source, content: null })));
  }
  const report = composeReport(step.payload.title ?? 'Session report', sections, [own, ...read]);
  const derived = report.sources.map((s) => s.artifact_id);
  const markdown = await step.write(new TextEncoder().encode(renderMarkdown(report)), { mediaType: 'text/markdown' });
  const summary = summaryOf(report);
  return {
    output: summary,
    artifacts: [
      await step.artifact('report', 'solution.report', asJson(report), { summary, derived_from: derived.slice(0, 1000), lineage: { members: [{ path: '/sections/*/statements/*/citations/*', source: '' }] } }),
      { name: 'report_markdown', artifact_type: 'solution.report_markdown', media_type: 'text/markdown', object: markdown, summary: { title: report.title }, derived_from: [step.artifactId('report')] },
    ],
  };
}

async function tellExecution(step: StepTask<SynthesizePayload>, inventory: Inventory, execution: Inventory['completed'][number]): Promise<{ section: SectionDraft; sources: SourceArtifact[] }> {
  const listed = inventory.artifacts.filter((a) => a.execution_id === execution.execution_id && isTold(a.artifact_type, a.media_type)).sort((a, b) => rankOf(a.artifact_type) - rankOf(b.artifact_type));
  const sources: SourceArtifact[] = [];
  for (const { artifact_id } of listed) sources.push(await readSource(step, artifact_id));
  return { section: { title: execution.intent_type, statements: sources.flatMap(tellArtifact) }, sources };
}

async function readSource(step: StepTask<unknown>, artifactId: string): Promise<SourceArtifact> {
  const found = await step.read(artifactId);
  const { artifact_type, content_hash } = found.artifact;
  return { artifact_id: artifactId, artifact_type, content_hash, content: await found.json() };
}

async function check(step: StepTask<SynthesizePayload>): Promise<StepResultInput> {
  const [reportId, markdownId] = [step.artifactId('report', 'compose'), step.artifactId('report_markdown', 'compose')];
  const report = reportSchema.parse((await readSource(step, reportId)).content);
  await assertHolds(step, report);
  const markdown = new TextDecoder().decode(await (await step.read(markdownId)).bytes());
  if (markdown !== renderMarkdown(report)) throw failure('solution.citation_broken', { message: 'the Markdown does not say what the report says', field: '/report_markdown' });
  const output = { report: reportId, report_markdown: markdownId, ...summaryOf(report), verified: true as const };
  return { output, events: [{ type: 'solution.report_verified', data: output }] };
}

async function recheck(step: StepTask<CheckReportPayload>): Promise<StepResultInput> {
  const parsed = reportSchema.safeParse(await reportContent(step));
  if (!parsed.success) throw failure('intent.payload_invalid', { message: `${step.payload.report} is no report: ${parsed.error.issues[0]?.message ?? ''} at /${parsed.error.issues[0]?.path.join('/') ?? ''}`, field: '/report' });
  await assertHolds(step, parsed.data);
  return { output: { report: step.payload.report, ...summaryOf(parsed.data), verified: true } };
}

async function reportContent(step: StepTask<CheckReportPayload>): Promise<Json | undefined> {
  const bytes = await (await step.read(step.payload.report)).bytes();
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch (error) {
    throw failure('intent.payload_invalid', { message: `${step.payload.report} is not JSON`, field: '/report', cause: error });
  }
}

/** Rejects with `solution.citation_broken`, naming the first statement that does not hold and listing all that do not. */
async function assertHolds(step: StepTask<unknown>, report: Report): Promise<void> {
  const { ok, problems } = await checkReport(report, resolver(step));
  if (ok) return;
  const first = problems[0];
  const words = report.sections.flatMap((s) => s.statements).find((s) => s.id === first?.statement)?.text ?? '';
  throw failure('solution.citation_broken', {
    message: `statement ${first?.statement} (“${words}”) does not hold: ${first?.message}`,
    field: `/statements/${first?.statement}`,
    details: { problems: asJson(problems.slice(0, 50)), broken: problems.length },
  });
}

/** Reads an artifact anew through the Runtime. What may not be read, or is gone, does not resolve; what may pass is thrown on. */
function resolver(step: StepTask<unknown>): ResolveArtifact {
  return async (artifactId) => {
    try {
      const { content_hash, content } = await readSource(step, artifactId);
      return { content_hash, content };
    } catch (error) {
      if (error instanceof PlatformError && error.retry.mode === 'terminal') return undefined;
      throw error;
    }
  };
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
