import { failure } from '@symphainy/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { idempotencyKey } from './idempotency-key.js';
import { faultIn } from './json-body.js';
import type { Input, Operation } from './operation.js';

/** Checks a request against its operation; throws `request.invalid` naming every field that does not fit. */
export function readInput<O extends Operation>(contract: O, request: FastifyRequest): Input<O> {
  const unsafe = request.url.includes('%00') ? (faultIn(request.params, '/params', 1) ?? faultIn(request.query, '/query', 1)) : undefined;
  if (unsafe !== undefined) throw unsafe;
  return {
    params: check(contract.params, request.params, '/params'),
    query: check(contract.query, request.query, '/query'),
    body: check(contract.body, request.body === undefined ? {} : request.body, ''),
    auth: request.auth,
    correlationId: request.correlationId,
    idempotencyKey: contract.headers?.['Idempotency-Key'] === undefined ? undefined : idempotencyKey(request.raw.headersDistinct['idempotency-key']),
  } as Input<O>;
}

/** Parses by a schema. `place` leads the pointer of a field: nothing for the body, whose pointers are its own. */
export function check<S extends z.ZodType | undefined>(schema: S, value: unknown, place: string): S extends z.ZodType ? z.infer<S> : undefined {
  type Checked = S extends z.ZodType ? z.infer<S> : undefined;
  if (schema === undefined) return undefined as Checked;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(parsed.error, place);
  return parsed.data as Checked;
}

function invalid(error: z.ZodError, place: string): Error {
  const errors = error.issues.slice(0, 20).flatMap((issue) => problemsOf(issue, place));
  const first = errors[0] ?? { field: place, message: 'does not fit the schema' };
  return failure('request.invalid', { field: first.field, message: `${first.field || 'the request'}: ${first.message}`, details: { errors } });
}

/** An unknown key is a problem of that key, not of the object that holds it. */
function problemsOf(issue: z.core.$ZodIssue, place: string): { field: string; message: string }[] {
  const at = `${place}${issue.path.map((key) => `/${pointerToken(String(key))}`).join('')}`;
  if (issue.code !== 'unrecognized_keys') return [{ field: at, message: issue.message }];
  return issue.keys.map((key) => ({ field: `${at}/${pointerToken(key)}`, message: 'is not known here' }));
}

const pointerToken = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
