import { failure, type Caller } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import type { PlatformError } from '@symphainy/kernel';
import type { WalReader } from './log.ports.js';
import type { NamedThings } from './payload-contracts.js';

/**
 * Whether the executions that a payload names are all the caller's own, as policy is told: undefined when it names none. A name that stands for no
 * execution of the tenant is an error that says where it stands.
 */
export async function ownTargets(reader: WalReader, caller: Caller, { executions, everybodys }: NamedThings): Promise<boolean | undefined | { error: PlatformError }> {
  if (executions.length === 0) return everybodys ? false : undefined;
  let own = !everybodys;
  for (const { field, reference } of executions) {
    const owner = await ownerOf(reader, caller.tenant_id, reference);
    if (owner === undefined) return { error: failure('execution.not_found', { field, details: { execution_id: reference } }) };
    own &&= owner === caller.user_id;
  }
  return own;
}

async function ownerOf(reader: WalReader, tenantId: string, executionId: string): Promise<string | undefined> {
  const first = (await reader.readStream(tenantId, executionId, 0, 1))[0];
  const record = first === undefined ? undefined : decodeBody(first.body)[0];
  return record?.type === 'intent_received' ? record.caller.user_id : undefined;
}
