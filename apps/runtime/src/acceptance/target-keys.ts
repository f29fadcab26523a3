import type { Json, RegisteredCapability } from '@symphainy/contracts';
import type { BundleHolder } from './bundle-holder.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { Place } from '../personal-data/sealed-values.js';
import type { WalReader } from './log.ports.js';
import { foldStream } from './stream-fold.js';

export interface TargetKeysParts {
  readonly reader: WalReader;
  readonly bundles: Pick<BundleHolder, 'capabilityOf'>;
  readonly personal: PersonalData;
}

/**
 * The keys of the persons that the execution an operation names is about: what an operation tells it is theirs, too. Besides, those whom the told value names by the output
 * contract of that execution's capability, where it becomes the output. None for what is no operation on one execution.
 */
export async function keysOfTarget({ reader, bundles, personal }: TargetKeysParts, { tenantId }: Place, { realm }: RegisteredCapability, payload: { readonly [key: string]: Json }): Promise<readonly string[] | undefined> {
  const { execution_id: target, data, receipt } = payload;
  if (realm !== 'runtime' || typeof target !== 'string') return undefined;
  const state = (await foldStream(reader, tenantId, target))?.state;
  if (state?.capability === undefined) return state?.sealedUnder;
  const { output_contract } = await bundles.capabilityOf(state.capability.bundle_hash, state.capability.capability);
  const told = [data, receipt, outputIn(data)].filter((value) => value !== undefined);
  const named = await Promise.all(told.map((value) => personal.keysNamed({ tenantId, executionId: target }, output_contract, value)));
  const keys = [...new Set([...(state.sealedUnder ?? []), ...named.flat()])];
  return keys.length === 0 ? undefined : keys;
}

/** A signal may bring a step's whole result. */
const outputIn = (data: Json | undefined): Json | undefined => (typeof data === 'object' && data !== null && !Array.isArray(data) ? data['output'] : undefined);
