import { registeredCapability, sagaDefinition, type RegisteredCapability, type SagaStepInput, type SignedBundle } from '@symphainy/contracts';
import { compileBundle, readPublicKeys, readSigningKey, signBundle, verifySignedBundle, type CompiledBundle } from '@symphainy/governance';
import { permissivePolicies, sampleBundle } from '@symphainy/governance/testing';
import { canonicalJson, hashOf } from '@symphainy/kernel';
import { MemoryBundleArchive } from '../../wal/wal.memory.js';
import { Chance } from './chance.js';

/** The realm of every simulated capability. */
export const REALM = 'sample';
/** An intent that the policies forbid, whoever submits it. */
export const FORBIDDEN = 'sample.forbidden';

const CAPABILITIES = 4;
/** Bundles are signed and compiled once per process; a schedule takes one of these. */
const BUNDLES = 48;

const signingKey = readSigningKey(Buffer.alloc(32, 7).toString('base64url'));
export const bundleKeys = signingKey.publicKey;

export interface GovernedSagas {
  readonly capabilities: readonly RegisteredCapability[];
  readonly signed: SignedBundle;
  readonly text: string;
  /** Verified and compiled: the same object a runtime would make of it, at the cost of once a process. */
  readonly compiled: CompiledBundle;
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
  const capabilities = names.map((name, i) => randomCapability(chance, name, names.slice(i + 1)));
  const forbidden = capabilityOf(FORBIDDEN, [{ kind: 'task', name: 'work' }], []);
  const forbid = { id: 'simulated.forbid', role: 'security_guard' as const, text: `forbid(principal, action, resource) when { resource.name == "${FORBIDDEN}" };` };
  const signed = signBundle(sampleBundle({ capabilities: [...capabilities, forbidden], policies: [...permissivePolicies, forbid] }), signingKey);
  return { capabilities, signed, text: canonicalJson(signed), compiled: compileBundle(verifySignedBundle(signed, readPublicKeys(bundleKeys)), signed.hash) };
}

function randomCapability(chance: Chance, name: string, below: readonly string[]): RegisteredCapability {
  const used = new Set<string>();
  const steps = Array.from({ length: 1 + chance.below(4) }, (_, i) => randomStep(chance, `s${i}`, below, used));
  return capabilityOf(name, steps, [...used], chance.hit(0.7) ? 'deterministic' : 'grounded');
}

function capabilityOf(name: string, steps: readonly SagaStepInput[], children: readonly string[], determinism: RegisteredCapability['determinism'] = 'deterministic'): RegisteredCapability {
  const saga = sagaDefinition.parse({ name, steps });
  return registeredCapability.parse({ name, realm: REALM, handler: name, version: '1.0.0', input_contract: { type: 'object' }, output_contract: {}, determinism, saga, saga_hash: hashOf(saga), children });
}

function randomStep(chance: Chance, name: string, below: readonly string[], used: Set<string>): SagaStepInput {
  const retry = { max_attempts: 1 + chance.below(4), initial_delay_ms: chance.pick([0, 50, 200, 2_000]), max_delay_ms: 8_000 };
  const timed = { name, retry, timeout_ms: chance.pick([400, 2_000, 6_000, 20_000]) };
  const kind = chance.next();
  if (kind < 0.1) return { kind: 'signal', ...timed, timeout_ms: 30_000, signal: `go.${name}` };
  if (kind < 0.25 && below.length > 0) {
    const child = chance.pick(below);
    used.add(child);
    return { kind: 'child', ...timed, timeout_ms: 60_000, intent_type: child };
  }
  return { kind: 'task', ...timed };
}
