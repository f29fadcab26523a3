/** What is answered about lineage: the graph one walks, and the way of a value from where it stands to the places in the sources it came from, and back. */
import { z } from 'zod';
import { externalLocation } from './artifact.schema.js';
import { lineageKind, sourceRegion } from './lineage.schema.js';
import { policyDecision } from './policy.schema.js';
import { wireError } from './problem.schema.js';
import { artifactId, intentType, json, jsonObject, sha256Digest, stepName, timestamp, userId, uuid } from './words.js';

/**
 * `artifact:<artifact id>`, `column:<artifact id>#<name>`, `step:<execution>/<step>`, `execution:<id>`, `intent:<id>`, `decision:<id>`: an execution, its intent and its decision have one id.
 */
export const lineageNodeId = z.string().max(600).regex(/^(?:artifact|column|step|execution|intent|decision):.+$/s, 'must read <kind>:<id>, such as artifact:<execution_id>/<step>/<name>');
export const lineageNodeKind = z.enum(['artifact', 'column', 'step', 'execution', 'intent', 'decision']);
/** From what came of something to what it came from. */
export const lineageEdgeKind = z.enum(['derived_from', 'generated_by', 'used', 'column_of', 'column_from', 'projects', 'part_of', 'runs', 'decided_by', 'names', 'child_of']);

export const lineageNode = z.object({ id: lineageNodeId, kind: lineageNodeKind, /** When it was recorded; absent: it is named, and nothing more is known of it. */ at: timestamp.optional(), data: jsonObject });
export type LineageNode = z.infer<typeof lineageNode>;
export const lineageEdge = z.object({ from: lineageNodeId, to: lineageNodeId, kind: lineageEdgeKind, at: timestamp, depth: z.number().int() });
export type LineageEdge = z.infer<typeof lineageEdge>;

export const lineageGraph = z.object({
  start: lineageNodeId,
  /** The moment whose lineage this is; absent: now. */
  as_of: timestamp.optional(),
  /** Breadth first; of a later page only the edges that were not told before, with their ends. */
  nodes: z.array(lineageNode),
  edges: z.array(lineageEdge),
  next_cursor: z.string().optional(),
});
export type LineageGraph = z.infer<typeof lineageGraph>;

/** Who made an artifact, and by whose decision. */
export const madeBy = z.object({
  execution_id: uuid,
  session_id: uuid,
  step: stepName,
  handler_build: z.string().optional(),
  intent_type: intentType,
  user_id: userId,
  at: timestamp,
  decision: policyDecision.optional(),
  parent: z.object({ execution_id: uuid, step: stepName }).optional(),
});
export type MadeBy = z.infer<typeof madeBy>;

/** A place that lineage leads to. */
export const tracedPlace = z.object({
  id: z.number().int().min(0),
  /** The place before it on the way; absent: where the question began. */
  of: z.number().int().min(0).optional(),
  depth: z.number().int().min(0),
  /** How what is at `of` was made of this; upwards how this was made of what is at `of`. */
  kind: lineageKind.optional(),
  region: sourceRegion,
  artifact: z.object({ artifact_type: z.string(), media_type: z.string(), content_hash: sha256Digest, classification: z.string().optional(), name: z.string().optional(), external: externalLocation.optional() }).optional(),
  made_by: madeBy.optional(),
  /** What stands there, where it is content. */
  value: json.optional(),
  /** Why the way ends here although it might go on: the reader may not see it, or it is gone, changed or too large. */
  ended: wireError.optional(),
});
export type TracedPlace = z.infer<typeof tracedPlace>;

/** Places breadth first; `complete: false`: there were more than asked for. */
export const valueTrace = z.object({ /** Nothing that was made later is in it. */ as_of: timestamp.optional(), places: z.array(tracedPlace), complete: z.boolean() });
export type ValueTrace = z.infer<typeof valueTrace>;

/** The payload of `runtime.register_reference`: data that stays where it is. */
export const registerReferencePayload = z.strictObject({
  /** Its name among references; the registered id ends in it. */
  name: z.string().max(100).regex(/^[a-z0-9][a-zA-Z0-9._-]*$/),
  external: externalLocation,
  media_type: z.string().max(200).default('application/octet-stream'),
  classification: z.string().max(60).optional(),
  schema: z.object({ columns: z.array(z.object({ name: z.string().max(300), type: z.string().max(60).optional(), nullable: z.boolean().optional() })).max(2000), semantic: z.string().max(200).optional() }).optional(),
  description: z.string().max(500).optional(),
});
export const registeredReference = z.object({ reference: artifactId });
export const rebuiltGraph = z.object({ streams: z.number().int(), nodes: z.number().int(), edges: z.number().int(), equal: z.boolean().describe('whether the graph came out as it was') });
export const rebuiltSearch = z.object({ documents: z.number().int(), passages: z.number().int(), equal: z.boolean().describe('whether the index came out as it was') });
