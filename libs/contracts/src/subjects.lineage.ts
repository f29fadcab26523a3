/** The part of the subject catalogue that asks about references and lineage. */
import { z } from 'zod';
import { dataReference, projectionOf } from './artifact.schema.js';
import { lineageEdgeKind, lineageGraph, lineageNodeId, valueTrace } from './lineage-answers.schema.js';
import { sourceRegion } from './lineage.schema.js';
import { caller } from './session.schema.js';
import { artifactId, json, timestamp, uuid } from './words.js';

const asked = <Rq extends z.ZodType, Rp extends z.ZodType>(request: Rq, reply: Rp) => ({ publisher: ['gateway'] as const, consumer: 'runtime' as const, delivery: 'one' as const, request, reply });
const page = { limit: z.number().int().min(1).max(1000).default(100), cursor: z.string().max(500).optional() };
const places = { depth: z.number().int().min(1).max(50).default(10), limit: z.number().int().min(1).max(1000).default(200) };

export const lineageSubjects = {
  'runtime.reference.read': asked(z.object({ caller, reference: artifactId }), dataReference),
  /** Newest last. `projects`: only semantic projections of this reference. */
  'runtime.reference.list': asked(z.object({ caller, session_id: uuid.optional(), kind: dataReference.shape.kind.optional(), projects: artifactId.optional(), projection: projectionOf.shape.kind.optional(), ...page }), z.object({ references: z.array(dataReference), next_cursor: z.string().optional() })),
  /** Whether what it names is there and unchanged; decided by policy, and recorded, as a reading. `verify`: the bytes are read and hashed. Changed or gone is an error, and recorded. */
  'runtime.reference.resolve': asked(z.object({ caller, reference: artifactId, verify: z.boolean().default(false) }), z.object({ reference: dataReference, verified: z.enum(['hash', 'size', 'content', 'described', 'registered']) })),
  /** The graph around a node, up to what it came from or down to what came of it. `run`: as it was when that execution ended. */
  'runtime.lineage.walk': asked(z.object({ caller, node: lineageNodeId, direction: z.enum(['up', 'down']), depth: z.number().int().min(1).max(100).default(10), as_of: timestamp.optional(), run: uuid.optional(), kinds: z.array(lineageEdgeKind).max(20).optional(), ...page }), lineageGraph),
  /** From a value to the places in its sources. */
  'runtime.lineage.value': asked(z.object({ caller, reference: artifactId, pointer: z.string().max(1000).default(''), ...places }), valueTrace),
  /** From a place in a source to everything derived from it. */
  'runtime.lineage.derived': asked(z.object({ caller, region: sourceRegion, as_of: timestamp.optional(), run: uuid.optional(), ...places }), valueTrace),
  /** An execution as OpenLineage events or as a W3C PROV-JSON document. */
  'runtime.lineage.export': asked(z.object({ caller, execution_id: uuid, format: z.enum(['openlineage', 'prov']) }), z.object({ document: json })),
} as const;
