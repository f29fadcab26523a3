import {
  artifact, capability, committedFrame, dataReference, executionResult, executionSummary, executionView, frame, metricsSnapshot, objectRef, policyDecision, problemDetails, replayReport, sagaStep,
  determinismReport, session, sessionReplayReport, stepComparison, stepView, validationReport, walRecord, wireError, words,
} from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { z } from 'zod';
import { clientMessage, serverMessage } from '../streams/stream-messages.js';

type JsonSchema = Record<string, Json>;

/** The words that get a name in the document; everything else stands where it is used. */
const named: Readonly<Record<string, z.ZodType>> = {
  Artifact: artifact,
  Capability: capability,
  CommittedFrame: committedFrame,
  DataReference: dataReference,
  ExecutionResult: executionResult,
  ExecutionSummary: executionSummary,
  ExecutionView: executionView,
  DeterminismReport: determinismReport,
  Frame: frame,
  Json: words.json,
  MetricsSnapshot: metricsSnapshot,
  ObjectRef: objectRef,
  PolicyDecision: policyDecision,
  Problem: problemDetails,
  ReplayReport: replayReport,
  SagaStep: sagaStep,
  Session: session,
  SessionReplayReport: sessionReplayReport,
  StepComparison: stepComparison,
  StepView: stepView,
  StreamClientMessage: clientMessage,
  StreamServerMessage: serverMessage,
  ValidationReport: validationReport,
  WalRecord: walRecord,
  WireError: wireError,
};

const HOME = '#/components/schemas/';

/** Turns zod schemas into JSON Schema 2020-12 with references between components; collect all first, then read `components`. */
export class SchemaComponents {
  private readonly replies = z.registry<{ id?: string }>();
  private readonly anonymous = new Map<z.ZodType, string>();

  constructor() {
    for (const [id, schema] of Object.entries(named)) this.replies.add(schema, { id });
  }

  /** A reference to a reply's schema. One that has no name gets the operation's. */
  reply(schema: z.ZodType, fallback: string): JsonSchema {
    const known = this.replies.get(schema)?.id ?? this.anonymous.get(schema);
    if (known !== undefined) return { $ref: HOME + known };
    this.replies.add(schema, { id: fallback });
    this.anonymous.set(schema, fallback);
    return { $ref: HOME + fallback };
  }

  /** What may be sent, in place: defaults make a field optional. */
  request(schema: z.ZodType): JsonSchema {
    const written = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: ({ zodSchema, jsonSchema }) => anyJson(zodSchema, jsonSchema as JsonSchema) }) as JsonSchema;
    return inPlace(without(written, '$schema', '$defs'), (written['$defs'] ?? {}) as JsonSchema) as JsonSchema;
  }

  components(): JsonSchema {
    const { schemas } = z.toJSONSchema(this.replies, { io: 'output', uri: (id) => HOME + id, unrepresentable: 'any', override: ({ jsonSchema }) => open(jsonSchema as JsonSchema) });
    const all: JsonSchema = {};
    for (const [id, schema] of Object.entries(schemas)) {
      if (id === '__shared') for (const [name, part] of Object.entries((schema as { $defs: JsonSchema }).$defs)) all[`Shared_${name}`] = part;
      else all[id] = without(schema as JsonSchema, '$schema', '$id');
    }
    return JSON.parse(JSON.stringify(all).replaceAll(`${HOME}__shared#/$defs/`, `${HOME}Shared_`)) as JsonSchema;
  }
}

/** Replies may gain fields: a reader must not refuse what it does not know. */
function open(schema: JsonSchema): void {
  if (schema['additionalProperties'] === false) delete schema['additionalProperties'];
}

/** Any JSON is any schema; zod would write the recursion out. */
function anyJson(source: unknown, schema: JsonSchema): void {
  if (source !== words.json) return;
  for (const key of Object.keys(schema)) delete schema[key];
}

/** Definitions used more than once, back where they are used: a request's schema stands alone in the document. */
function inPlace(value: Json, definitions: JsonSchema): Json {
  if (Array.isArray(value)) return value.map((item) => inPlace(item, definitions));
  if (typeof value !== 'object' || value === null) return value;
  const name = typeof value['$ref'] === 'string' && value['$ref'].startsWith('#/$defs/') ? value['$ref'].slice('#/$defs/'.length) : undefined;
  if (name !== undefined) return inPlace(definitions[name] ?? {}, definitions);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inPlace(item, definitions)]));
}

const without = (schema: JsonSchema, ...keys: string[]): JsonSchema => Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
