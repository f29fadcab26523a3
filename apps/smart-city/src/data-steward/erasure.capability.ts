import { erasurePayload, erasureReport } from '@symphainy/contracts';
import { defineCapability, type CapabilityDefinition } from '@symphainy/realm-sdk';

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
