import { registerReferencePayload, type Artifact } from '@symphainy/contracts';
import { hashOf, type Json } from '@symphainy/kernel';
import type { LiveExecution } from '../engine/live-execution.js';
import type { StepOk } from '../engine/reports.js';

/** What `runtime.register_reference` makes: an artifact that says where the data is. Its bytes are not read, and never copied. */
export function registeredReferenceOf({ state }: Pick<LiveExecution, 'state'>, step: string): StepOk {
  const { name, external, media_type, classification, schema, description } = registerReferencePayload.parse(state.intent.payload);
  const artifact: Artifact = {
    name, artifact_type: 'runtime.reference', media_type, external, artifact_id: `${state.executionId}/${step}/${name}`, execution_id: state.executionId, step,
    content_hash: hashOf(external),
    ...(classification === undefined ? {} : { classification }), ...(schema === undefined ? {} : { schema }), ...(description === undefined ? {} : { summary: { description } }),
  };
  const output = { reference: artifact.artifact_id } satisfies Json;
  return { handler_build: 'runtime', duration_ms: 0, output, output_hash: hashOf(output), artifacts: [artifact], events: [], state_changes: [] };
}
