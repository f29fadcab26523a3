import { erasurePayload, erasureReport, rewrapReport } from '@symphainy/contracts';
import { defineCapability, type CapabilityDefinition } from '@symphainy/realm-sdk';
import { z } from 'zod';

/** Files of several subjects are written anew, however many there are. */
const ERASURE_LIMIT_MS = 24 * 3_600_000;

/** A subject's key is destroyed by the Runtime, which alone holds it. */
export const erasureCapability: CapabilityDefinition = defineCapability({
  intent: 'runtime.erase',
  version: '1.0.0',
  description: 'Erases a data subject: destroys the key that its personal data is sealed under, and writes files of several subjects anew without it.',
  determinism: 'deterministic',
  input: erasurePayload,
  output: erasureReport,
  saga: [{ step: { kind: 'operate', name: 'erase', operation: 'erase', timeout_ms: ERASURE_LIMIT_MS }, handlers: {}, nested: [] }],
});

/** After the runtimes' secret was changed: what the old one wrapped is wrapped under the new one. */
export const rewrapCapability: CapabilityDefinition = defineCapability({
  intent: 'runtime.rewrap_keys',
  version: '1.0.0',
  description: 'Wraps the tenant’s keys of data subjects under the PERSONAL_DATA_KEY that the runtimes have now. What is sealed, and what subjects are called in records, stays as it is.',
  determinism: 'deterministic',
  input: z.strictObject({ reason: z.string().min(1).max(500) }),
  output: rewrapReport,
  saga: [{ step: { kind: 'operate', name: 'rewrap', operation: 'rewrap_keys', timeout_ms: ERASURE_LIMIT_MS }, handlers: {}, nested: [] }],
});
