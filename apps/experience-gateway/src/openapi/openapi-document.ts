import { errorCodes, type ErrorCode } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import type { z } from 'zod';
import { successOf, type Operation, type ReplyContract } from '../http/operation.js';
import { PROBLEM_TYPE } from '../http/problem.js';
import { SchemaComponents } from './schema-components.js';

type JsonObject = Record<string, Json>;

/** The API as OpenAPI 3.1, derived from the operations: what is not in a contract is not in the document. */
export function openApiDocument(operations: readonly Operation[], version: string): JsonObject {
  const schemas = new SchemaComponents();
  const paths: Record<string, JsonObject> = {};
  for (const contract of operations) {
    const path = contract.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[contract.method.toLowerCase()] = describe(contract, schemas);
  }
  paths['/v1/stream'] = { get: stream };
  return {
    openapi: '3.1.0',
    info: { title: 'Symphainy', version, description: 'A governed execution platform. Every failure is problem details (RFC 9457) with a stable code; GET /v1/errors lists them.', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(operations.map((contract) => contract.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An API key (`sk_<key id>_<secret>`), or a JWT of an issuer that Security Guard trusts' } },
    },
  };
}

function describe(contract: Operation, schemas: SchemaComponents): JsonObject {
  return {
    operationId: contract.id,
    tags: [contract.tag],
    summary: contract.summary,
    ...(contract.description === undefined ? {} : { description: contract.description }),
    ...(contract.access === 'public' ? { security: [] } : {}),
    parameters: [...parameters(contract.params, 'path', schemas), ...parameters(contract.query, 'query', schemas), ...requestHeaders(contract), correlation],
    ...bodyOf(contract, schemas),
    responses: { ...successes(contract, schemas), ...problems(contract) },
  };
}

function parameters(schema: z.ZodObject | undefined, place: 'path' | 'query', schemas: SchemaComponents): JsonObject[] {
  if (schema === undefined) return [];
  const written = schemas.request(schema) as { properties: JsonObject; required?: string[] };
  return Object.entries(written.properties).map(([name, property]) => ({ name, in: place, required: place === 'path' || (written.required ?? []).includes(name), schema: property }));
}

const requestHeaders = (contract: Operation): JsonObject[] =>
  Object.entries(contract.headers ?? {}).map(([name, description]) => ({ name, in: 'header', required: false, description, schema: { type: 'string' } }));

const correlation: JsonObject = { name: 'X-Correlation-Id', in: 'header', required: false, description: 'Names the request in records, logs and problems; made up when absent, and returned', schema: { type: 'string', maxLength: 120 } };

function bodyOf(contract: Operation, schemas: SchemaComponents): JsonObject {
  const schema = contract.form ?? contract.body;
  if (schema === undefined) return {};
  return { requestBody: { required: !schema.safeParse({}).success, content: { [contract.form ? 'multipart/form-data' : 'application/json']: { schema: schemas.request(schema) } } } };
}

const successes = (contract: Operation, schemas: SchemaComponents): JsonObject =>
  Object.fromEntries(Object.entries(contract.replies).map(([status, reply]) => [status, success(contract, Number(status), reply, schemas)]));

function success(contract: Operation, status: number, reply: ReplyContract, schemas: SchemaComponents): JsonObject {
  const name = `${contract.id[0]!.toUpperCase()}${contract.id.slice(1)}Reply${status === successOf(contract) ? '' : status}`;
  const headers = { ...reply.headers, 'X-Correlation-Id': 'The request’s correlation id' };
  return {
    description: reply.description,
    headers: Object.fromEntries(Object.entries(headers).map(([header, description]) => [header, { description, schema: { type: 'string' } }])),
    ...(reply.schema === undefined ? {} : { content: { [reply.mediaType ?? 'application/json']: { schema: reply.mediaType === undefined ? schemas.reply(reply.schema, name) : { type: 'string' } } } }),
  };
}

/** Codes by the status they come with, so that a reader of the document knows each of them. */
function problems(contract: Operation): JsonObject {
  const byStatus = Map.groupBy(failuresOf(contract), (code) => errorCodes[code].status);
  return Object.fromEntries([...byStatus].sort(([a], [b]) => a - b).map(([status, codes]) => [String(status), problem(codes)]));
}

const problem = (codes: readonly ErrorCode[]): JsonObject => ({
  description: codes.map((code) => `\`${code}\`: ${errorCodes[code].title}`).join('; '),
  content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

export function failuresOf(contract: Operation): ErrorCode[] {
  const body: ErrorCode[] = contract.body || contract.form ? ['request.malformed', ...(contract.malformedMedia ? [] : (['request.unsupported_media_type'] as const)), 'request.too_large'] : [];
  const shape: ErrorCode[] = contract.params || contract.query || contract.body || contract.form ? ['request.invalid'] : [];
  const auth: ErrorCode[] = contract.access === 'caller' ? ['auth.missing', 'auth.invalid', 'auth.expired', 'auth.revoked', 'auth.unavailable', 'runtime.unavailable', 'wait.elapsed'] : [];
  return [...new Set<ErrorCode>([...shape, ...body, ...auth, ...(contract.failures ?? []), 'platform.internal', 'platform.draining'])];
}

/** The WebSocket: no Fastify route, so described by hand. */
const stream: JsonObject = {
  operationId: 'stream',
  tags: ['executions'],
  summary: 'Live frames of any number of executions over one WebSocket, resumable',
  description: 'JSON text messages: from the client `StreamClientMessage`, from the gateway `StreamServerMessage`. Credentials come in the Authorization header of the upgrade, or in the first message (`auth`).',
  responses: {
    '101': { description: 'The connection is a WebSocket now' },
    ...Object.fromEntries((['auth.invalid', 'request.rate_limited', 'auth.unavailable'] as const).map((code) => [String(errorCodes[code].status), problem([code])])),
  },
};
