/** A session for tests: its executions and artifacts, as the Runtime's tools tell them and as references give them. */
import { hashOf, type Json } from '@symphainy/kernel';

export interface FixtureArtifact {
  readonly step: string;
  readonly name: string;
  readonly artifact_type: string;
  readonly content: Json | Uint8Array;
  readonly media_type?: string;
  readonly summary?: { [key: string]: Json };
}

export interface FixtureExecution {
  readonly intent_type: string;
  readonly status?: string;
  readonly error_code?: string;
  readonly artifacts?: readonly FixtureArtifact[];
}

export const executionId = (number: number): string => `019b0000-0000-7000-8000-0000000000${String(number).padStart(2, '0')}`;

/** A test bed's options: tools that answer in pages of two, and every artifact as a reference. */
export function sessionOf(executions: readonly FixtureExecution[]) {
  const listed = executions.map(({ intent_type, status = 'completed', error_code, artifacts = [] }, i): Json => ({
    execution_id: executionId(i + 1), intent_type, status, created_at: `2026-01-01T00:00:0${i}.000Z`, steps_completed: 2, artifact_count: artifacts.length, record_count: 9, ...(error_code === undefined ? {} : { error_code }),
  }));
  const all = executions.flatMap(({ artifacts = [] }, i) => artifacts.map((artifact) => ({ id: `${executionId(i + 1)}/${artifact.step}/${artifact.name}`, execution: executionId(i + 1), artifact })));
  return {
    references: Object.fromEntries(all.map(({ id, artifact }) => [id, artifact.content])),
    described: Object.fromEntries(all.map(({ id, artifact }) => [id, { artifact_type: artifact.artifact_type }])),
    tools: {
      'session.executions': (request: { [key: string]: Json }) => page('executions', listed, request),
      'session.artifacts': (request: { [key: string]: Json }) => page('artifacts', all.map(({ id, execution, artifact }) => described(id, execution, artifact)), request),
    },
  };
}

function described(artifact_id: string, execution_id: string, { name, artifact_type, content, media_type = 'application/json', summary }: FixtureArtifact): Json {
  const size = content instanceof Uint8Array ? content.length : 0;
  return { artifact_id, execution_id, name, artifact_type, media_type, content_hash: content instanceof Uint8Array ? '0'.repeat(64) : hashOf(content), object: { size }, ...(summary === undefined ? {} : { summary }) };
}

function page(key: string, items: Json[], request: { [key: string]: Json }): Json {
  const start = typeof request['cursor'] === 'string' ? Number(request['cursor']) : 0;
  const shown = { [key]: items.slice(start, start + 2) };
  return start + 2 < items.length ? { ...shown, next_cursor: String(start + 2) } : shown;
}
