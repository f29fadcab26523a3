import type { WireError } from '@symphainy/kernel';
import { z } from 'zod';
import { jsonObject } from './words.js';

export const retry = z.discriminatedUnion('mode', [z.object({ mode: z.literal('terminal') }), z.object({ mode: z.literal('retryable'), after_ms: z.number().int().min(0).optional() })]);

/** An error as it crosses a wire or stands in the log. The class with the same fields is the kernel's PlatformError. */
export const wireError: z.ZodType<WireError> = z.object({
  code: z.string().max(120),
  kind: z.enum(['platform', 'domain', 'agent']),
  message: z.string().max(4000),
  retry,
  field: z.string().max(500).optional(),
  fix: z.string().max(2000).optional(),
  details: jsonObject.optional(),
  get cause(): z.ZodOptional<z.ZodType<WireError>> {
    return wireError.optional();
  },
});

/** Problem details for HTTP (RFC 9457), with our stable code. `type` is the docs page of the code. */
export const problemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string().optional(),
  code: z.string(),
  field: z.string().optional(),
  fix: z.string().optional(),
  retry_after_ms: z.number().int().optional(),
  execution_id: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** What else is known, e.g. the verdicts of a denial. */
  details: jsonObject.optional(),
  correlation_id: z.string().optional(),
  trace_id: z.string().optional(),
});
export type ProblemDetails = z.infer<typeof problemDetails>;
