/**
 * Chains across realms: each step submits an intent of its realm, and small steps between them build the next payload.
 *
 * | intent | chain |
 * | cross_realm.document_dossier | content.ingest → insights.profile → solution.synthesize |
 * | solution.procedure_dossier | content.ingest → journey.create_sop → solution.synthesize |
 */
import { failure } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { child, dataReference, defineCapability, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';

const title = z.string().min(1, 'a title has at least one character').max(300, 'a title has at most 300 characters').optional();
const documentPayload = z.strictObject({ source: dataReference(), copybook: dataReference().optional(), title });
const procedurePayload = z.strictObject({ source: dataReference(), title });
type DocumentPayload = z.infer<typeof documentPayload>;
type ProcedurePayload = z.infer<typeof procedurePayload>;

const reported = { document: z.string(), report: z.string(), report_markdown: z.string(), statements: z.number().int() };
/** A child may take long and retries on its own. */
const CHILD = { timeoutMs: 3_600_000 };

export const documentDossier = defineCapability({
  intent: 'cross_realm.document_dossier',
  version: '1.0.0',
  description: 'Ingests a file with tables, profiles its largest table and reports on both.',
  determinism: 'deterministic',
  input: documentPayload,
  output: z.object({ ...reported, profile: z.string() }),
  children: ['content.ingest', 'insights.profile', 'solution.synthesize'],
  saga: [
    task('request_ingest', requestIngest),
    child('ingest', { intentType: 'content.ingest', payloadFrom: 'request_ingest', ...CHILD }),
    task('request_profile', ({ inputs }) => ({ output: { source: textOf(inputs, 'ingest', 'document') } })),
    child('profile', { intentType: 'insights.profile', payloadFrom: 'request_profile', ...CHILD }),
    task<DocumentPayload>('request_report', (step) => requestReport(step, ['ingest', 'document'], ['profile', 'profile']), { needs: ['ingest', 'profile'] }),
    child('report', { intentType: 'solution.synthesize', payloadFrom: 'request_report', ...CHILD }),
    task('conclude', ({ inputs }) => ({ output: { ...conclusion(inputs), profile: textOf(inputs, 'profile', 'profile') } }), { needs: ['ingest', 'profile', 'report'] }),
  ],
});

export const procedureDossier = defineCapability({
  intent: 'solution.procedure_dossier',
  version: '1.0.0',
  description: 'Ingests a document, writes its procedure as an SOP and a BPMN model, and reports on both.',
  determinism: 'deterministic',
  input: procedurePayload,
  output: z.object({ ...reported, sop: z.string(), bpmn: z.string() }),
  children: ['content.ingest', 'journey.create_sop', 'solution.synthesize'],
  saga: [
    task('request_ingest', requestIngest),
    child('ingest', { intentType: 'content.ingest', payloadFrom: 'request_ingest', ...CHILD }),
    task('request_sop', ({ inputs }) => ({ output: { source: textOf(inputs, 'ingest', 'document') } })),
    child('sop', { intentType: 'journey.create_sop', payloadFrom: 'request_sop', ...CHILD }),
    task<ProcedurePayload>('request_report', (step) => requestReport(step, ['ingest', 'document'], ['sop', 'sop']), { needs: ['ingest', 'sop'] }),
    child('report', { intentType: 'solution.synthesize', payloadFrom: 'request_report', ...CHILD }),
    task('conclude', ({ inputs }) => ({ output: { ...conclusion(inputs), sop: textOf(inputs, 'sop', 'sop'), bpmn: textOf(inputs, 'sop', 'bpmn') } }), { needs: ['ingest', 'sop', 'report'] }),
  ],
});

function requestIngest({ payload }: StepTask<DocumentPayload | ProcedurePayload>): StepResultInput {
  const copybook = 'copybook' in payload ? payload.copybook : undefined;
  return { output: { source: payload.source, ...(copybook === undefined ? {} : { copybook }) } };
}

/** The report covers the executions that the children's artifacts came from. */
function requestReport({ inputs, payload }: StepTask<DocumentPayload | ProcedurePayload>, ...from: [string, string][]): StepResultInput {
  const execution_ids = from.map(([step, field]) => textOf(inputs, step, field).split('/')[0] ?? '');
  return { output: { execution_ids, ...(payload.title === undefined ? {} : { title: payload.title }) } };
}

function conclusion(inputs: { readonly [step: string]: Json }) {
  const { statements } = objectOf(inputs, 'report');
  return { document: textOf(inputs, 'ingest', 'document'), report: textOf(inputs, 'report', 'report'), report_markdown: textOf(inputs, 'report', 'report_markdown'), statements: Number(statements) };
}

function textOf(inputs: { readonly [step: string]: Json }, step: string, field: string): string {
  const value = objectOf(inputs, step)[field];
  if (typeof value === 'string') return value;
  throw failure('step.result_invalid', { message: `the child "${step}" gave no ${field}`, field: `/${step}/${field}` });
}

function objectOf(inputs: { readonly [step: string]: Json }, step: string): { [key: string]: Json } {
  const value = inputs[step];
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  throw failure('step.result_invalid', { message: `the child "${step}" gave no output`, field: `/${step}` });
}
