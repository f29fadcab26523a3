import { rebuiltGraph, rebuiltSearch, registeredReference, registerReferencePayload, type CedarPolicy } from '@symphainy/contracts';
import { defineCapability, type CapabilityDefinition } from '@symphainy/realm-sdk';
import { z } from 'zod';

const REBUILD_LIMIT_MS = 24 * 3_600_000;

/** Steps of the Runtime's own: no realm has a handler for them. */
const OWN = { handlers: {}, nested: [] } as const;

/** What the Runtime itself does with references and their graph. */
export const referenceCapabilities: readonly CapabilityDefinition[] = [
  defineCapability({
    intent: 'runtime.register_reference',
    version: '1.0.0',
    description: 'Registers data that stays where it is (a table, an object, an API behind a Solution’s binding) as a reference. It is not read, and never copied.',
    determinism: 'deterministic',
    input: registerReferencePayload,
    output: registeredReference,
    saga: [{ step: { kind: 'operate', name: 'register', operation: 'register_reference' }, ...OWN }],
  }),
  defineCapability({
    intent: 'runtime.rebuild_graph',
    version: '1.0.0',
    description: 'Makes the tenant’s state graph again from the log, and tells whether it came out as it was.',
    determinism: 'deterministic',
    input: z.strictObject({}),
    output: rebuiltGraph,
    saga: [{ step: { kind: 'operate', name: 'rebuild', operation: 'rebuild_graph', timeout_ms: REBUILD_LIMIT_MS }, ...OWN }],
  }),
  defineCapability({
    intent: 'runtime.rebuild_search',
    version: '1.0.0',
    description: 'Makes the tenant’s search index again from the log and its objects, and tells whether it came out as it was.',
    determinism: 'deterministic',
    input: z.strictObject({}),
    output: rebuiltSearch,
    saga: [{ step: { kind: 'operate', name: 'rebuild', operation: 'rebuild_search', timeout_ms: REBUILD_LIMIT_MS }, ...OWN }],
  }),
];

export const referencePolicies: readonly CedarPolicy[] = ['graph', 'search'].map((what) => ({
  id: `platform.operators-only-rebuild-${what}`,
  role: 'security_guard',
  text: `@reason("this operation is for operators")\nforbid(principal, action == Action::"submit", resource == Capability::"runtime.rebuild_${what}") unless { principal.roles.contains("operator") };`,
}));
