import { operationName, operations, registeredCapability, sagaDefinition, schedulePayload, type OperationName, type RegisteredCapability, type SagaStep, type SagaStepInput, type SignedBundle, type Tenant } from '@symphainy/contracts';
import { compileBundle, readPublicKeys, readSigningKey, signBundle, verifySignedBundle, type CompiledBundle } from '@symphainy/governance';
import { permissivePolicies, sampleBundle } from '@symphainy/governance/testing';
import { canonicalJson, hashOf, type Json } from '@symphainy/kernel';
import { z } from 'zod';
import { MemoryBundleArchive } from '../../wal/wal.memory.js';
import { Chance } from './chance.js';
import { SagaGrower } from './saga-grower.js';

/** The realm of every simulated capability. */
export const REALM = 'sample';
/** An intent that the policies forbid, whoever submits it. */
export const FORBIDDEN = 'sample.forbidden';
/** The service identity that schedules submit as. */
export const CLOCKWORK = 'clockwork';

const CAPABILITIES = 5;
/** Bundles are signed and compiled once per process; a schedule takes one of these. */
const BUNDLES = 64;

const signingKey = readSigningKey(Buffer.alloc(32, 7).toString('base64url'));
export const bundleKeys = signingKey.publicKey;

export interface GovernedSagas {
  /** What users submit. */
  readonly capabilities: readonly RegisteredCapability[];
  readonly signed: SignedBundle;
  readonly text: string;
  /** Verified and compiled: the same object a runtime would make of it, at the cost of once a process. */
  readonly compiled: CompiledBundle;
  /** What a deadline means for the tenant. */
  readonly sla: Tenant['switches']['sla'];
}

const made = new Map<number, GovernedSagas>();

export function governedSagas(chance: Chance): GovernedSagas {
  const index = chance.below(BUNDLES);
  const known = made.get(index) ?? govern(new Chance(index + 1));
  made.set(index, known);
  return known;
}

export async function archiveOf({ signed, text }: GovernedSagas): Promise<MemoryBundleArchive> {
  const archive = new MemoryBundleArchive();
  await archive.save(signed.hash, signed.bundle.version, text);
  return archive;
}

function govern(chance: Chance): GovernedSagas {
  const names = Array.from({ length: CAPABILITIES }, (_, i) => `${REALM}.c${i}`);
  const capabilities = names.map((name, i) => grown(chance, name, names.slice(i + 1)));
  const forbidden = capabilityOf({ name: FORBIDDEN, realm: REALM, steps: [{ kind: 'task', name: 'work' }] });
  const forbid = { id: 'simulated.forbid', role: 'security_guard' as const, text: `forbid(principal, action, resource) when { resource.name == "${FORBIDDEN}" };` };
  const all = [...capabilities, forbidden, ...operationName.options.map(operationCapability), scheduling];
  const sla = chance.pick(['off', 'observe', 'enforce', 'enforce'] as const);
  const { tenants, identities } = sampleBundle();
  const bundle = sampleBundle({
    capabilities: all,
    policies: [...permissivePolicies, forbid],
    tenants: tenants.map((tenant) => ({ ...tenant, switches: { ...tenant.switches, sla } })),
    identities: [...identities, { tenant_id: 'acme', user_id: CLOCKWORK, kind: 'service', roles: [], status: 'active' }],
  });
  const signed = signBundle(bundle, signingKey);
  return { capabilities, signed, text: canonicalJson(signed), compiled: compileBundle(verifySignedBundle(signed, readPublicKeys(bundleKeys)), signed.hash), sla };
}

/** A saga of its own; it may have children among those `below`. */
function grown(chance: Chance, name: string, below: readonly string[]): RegisteredCapability {
  const grower = new SagaGrower(chance, below);
  const deadlineMs = chance.pick([0, 0, 0, 4_000, 30_000]);
  return capabilityOf({ name, realm: REALM, steps: grower.saga(), children: grower.children, determinism: chance.hit(0.7) ? 'deterministic' : 'grounded', deadlineMs });
}

const operationCapability = (operation: OperationName): RegisteredCapability =>
  capabilityOf({ name: `runtime.${operation}`, realm: 'runtime', steps: [{ kind: 'operate', name: 'apply', operation, timeout_ms: 600_000 }], input: z.toJSONSchema(operations[operation], { io: 'input' }) as { [key: string]: Json } });

const scheduling = capabilityOf({ name: 'runtime.schedule', realm: 'runtime', steps: [{ kind: 'schedule', name: 'fire', timeout_ms: 600_000 }], input: z.toJSONSchema(schedulePayload, { io: 'input' }) as { [key: string]: Json } });

interface CapabilityParts {
  readonly name: string;
  readonly realm: string;
  readonly steps: readonly SagaStepInput[];
  readonly children?: readonly string[];
  readonly determinism?: RegisteredCapability['determinism'];
  readonly input?: { [key: string]: Json };
  /** 0: none. */
  readonly deadlineMs?: number;
}

function capabilityOf({ name, realm, steps, children = [], determinism = 'deterministic', input = { type: 'object' }, deadlineMs = 0 }: CapabilityParts): RegisteredCapability {
  const saga = sagaDefinition.parse({ name, steps, ...(deadlineMs > 0 ? { deadline_ms: deadlineMs } : {}) });
  return registeredCapability.parse({ name, realm, handler: name, version: '1.0.0', input_contract: input, output_contract: {}, determinism, saga, saga_hash: hashOf(saga), children });
}

/** Names of the steps that can be undone, nested ones included. */
export const undoable = (steps: readonly SagaStep[]): string[] => stepsOf(steps).flatMap((step) => (step.compensate === true ? [step.name] : []));

/** All steps of a saga, nested ones included. */
export function stepsOf(steps: readonly SagaStep[]): SagaStep[] {
  return steps.flatMap((step): SagaStep[] => {
    if (step.kind === 'parallel') return [step, ...step.branches.flatMap((branch) => stepsOf(branch.steps))];
    return step.kind === 'choice' ? [step, ...Object.values(step.cases).flatMap(stepsOf), ...stepsOf(step.otherwise ?? [])] : [step];
  });
}
