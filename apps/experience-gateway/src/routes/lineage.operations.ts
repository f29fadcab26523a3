import { artifactId, dataReference, lineageEdgeKind, lineageGraph, lineageNodeId, projectionOf, subjects, valueTrace, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { ofArtifact, ofExecution, page } from './parts.js';

const tag = 'lineage';
const access = 'caller';
const count = z.coerce.number().int().min(0);
const ordinal = z.coerce.number().int().min(1);
const moment = {
  /** As the lineage was at this moment. */
  as_of: words.moment.optional(),
  /** As the lineage was when this execution ended. */
  run: words.uuid.optional(),
};
const places = { depth: z.coerce.number().int().min(1).max(50).default(10), limit: z.coerce.number().int().min(1).max(1000).default(200) };

export const listReferences = operation({
  id: 'listReferences', method: 'GET', path: '/v1/references', tag, access,
  summary: 'References to data: who registered or made it, where it is, its hash, class and schema; never the data',
  query: z.strictObject({ session_id: words.uuid.optional(), kind: dataReference.shape.kind.optional(), /** Only semantic projections of this reference. */ projects: artifactId.optional(), projection: projectionOf.shape.kind.optional(), ...page }),
  replies: { 200: { description: 'A page of references; it may hold fewer than `limit`', schema: subjects['runtime.reference.list'].reply } },
});

export const readReference = operation({
  id: 'readReference', method: 'GET', path: '/v1/references/:execution_id/:step/:name', tag, access,
  summary: 'One reference', params: ofArtifact,
  replies: { 200: { description: 'The reference', schema: dataReference } },
  failures: ['artifact.not_found'],
});

export const resolveReference = operation({
  id: 'resolveReference', method: 'POST', path: '/v1/references/:execution_id/:step/:name/resolve', tag, access, safe: true,
  summary: 'Whether what a reference names is there and unchanged; decided by policy and recorded, and so is what is found missing or changed',
  params: ofArtifact,
  query: z.strictObject({ /** `hash`: the bytes are read and hashed; default: presence and size. */ verify: z.enum(['hash']).optional() }),
  replies: { 200: { description: 'It is as recorded; `verified` says by what', schema: subjects['runtime.reference.resolve'].reply } },
  failures: ['artifact.not_found', 'policy.denied', 'object.missing', 'object.hash_mismatch', 'data.erased'],
});

export const walkLineage = operation({
  id: 'walkLineage', method: 'GET', path: '/v1/lineage/graph', tag, access,
  summary: 'The graph around a node: up to what it came from (sources, steps, execution, intent, decision), or down to what came of it',
  query: z.strictObject({
    node: lineageNodeId, direction: z.enum(['up', 'down']).default('up'), depth: z.coerce.number().int().min(1).max(100).default(10),
    ...moment,
    /** Kinds of edges to follow, separated by commas; default: all. */
    kinds: z.string().max(300).transform((text) => text.split(',')).pipe(z.array(lineageEdgeKind)).optional(),
    ...page,
  }),
  replies: { 200: { description: 'Nodes and edges, breadth first', schema: lineageGraph } },
  failures: ['artifact.not_found', 'execution.not_found'],
});

export const traceValue = operation({
  id: 'traceValue', method: 'GET', path: '/v1/lineage/value', tag, access,
  summary: 'From a value in an artifact to the places in its sources: fact, page and box or bytes, each with step, execution, intent and decision',
  query: z.strictObject({ reference: artifactId, /** JSON Pointer into its content; of a dataset `/records/<record>/<column>`. Default: all of it. */ pointer: z.string().max(1000).default(''), ...places }),
  replies: { 200: { description: 'Places, breadth first; `of` names the place that each explains', schema: valueTrace } },
  failures: ['artifact.not_found', 'lineage.place_not_found', 'policy.denied', 'object.missing', 'object.hash_mismatch', 'data.erased', 'content.too_costly'],
});

export const traceDerived = operation({
  id: 'traceDerived', method: 'GET', path: '/v1/lineage/derived', tag, access,
  summary: 'From a place in a source (page and box, bytes, cell, record and field, pointer) to everything derived from it',
  query: z.strictObject({
    reference: artifactId, page: ordinal.optional(), /** x0,y0,x1,y1 */ box: z.string().regex(/^-?[\d.]+(?:,-?[\d.]+){3}$/, 'must be four numbers, separated by commas').transform((text) => text.split(',').map(Number)).optional(),
    sheet: z.string().max(300).optional(), cell: z.string().max(20).optional(), row: ordinal.optional(), column: ordinal.optional(), byte_start: count.optional(), byte_end: count.optional(), line: ordinal.optional(),
    part: z.string().max(300).optional(), paragraph: ordinal.optional(), pointer: z.string().max(1000).optional(), record: ordinal.optional(), field: z.string().max(300).optional(), ...moment, ...places,
  }).refine(({ byte_start, byte_end }) => byte_start === undefined || byte_end === undefined || byte_start < byte_end, { path: ['byte_end'], message: 'must be greater than byte_start: the byte at byte_end is no longer part of the range' })
    .refine(({ box }) => box === undefined || (box[0]! <= box[2]! && box[1]! <= box[3]!), { path: ['box'], message: 'must read x0,y0,x1,y1 with x0 ≤ x1 and y0 ≤ y1' }),
  replies: { 200: { description: 'Places, breadth first; `of` names the place that each was made from', schema: valueTrace } },
  failures: ['artifact.not_found', 'execution.not_found'],
});

export const exportLineage = operation({
  id: 'exportLineage', method: 'GET', path: '/v1/executions/:execution_id/lineage', tag, access,
  summary: 'An execution’s lineage as OpenLineage run events, or as W3C PROV-JSON', params: ofExecution,
  query: z.strictObject({ format: z.enum(['openlineage', 'prov']).default('openlineage') }),
  replies: { 200: { description: 'A list of events, or a PROV document', schema: words.json } },
  failures: ['execution.not_found'],
});
