import { failure, mayBeOnePerson, type Caller } from '@symphainy/contracts';
import { decodeBody, type RecordOf } from '@symphainy/execution';
import type { ExecutionTarget, GrantTarget } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';
import type { WalReader } from './log.ports.js';
import type { NamedThings } from './payload-contracts.js';

/** The executions that an intent is about, as policy and grants see them. */
export interface NamedTargets {
  /** Whether they are all the caller's own; undefined when none is named. */
  readonly own: boolean | undefined;
  /** They are not, and yet the caller's person may have asked for one of them. */
  readonly perhapsOwn?: boolean;
  /** Those that are named; `all`: everybody's, or what a query finds later. */
  readonly targets: readonly GrantTarget[] | 'all';
}

const NONE_NAMED: NamedTargets = { own: undefined, targets: 'all' };
const EVERYBODYS: NamedTargets = { own: false, targets: 'all' };

/** Looks up the executions that a payload names. A name that stands for no execution of the tenant is an error that says where it stands. */
export async function namedTargets(reader: WalReader, caller: Caller, { executions, everybodys }: NamedThings): Promise<NamedTargets | { error: PlatformError }> {
  if (executions.length === 0) return everybodys ? EVERYBODYS : NONE_NAMED;
  const targets: GrantTarget[] = [];
  let own = !everybodys;
  let perhapsOwn = false;
  for (const { field, reference } of executions) {
    const received = await receivedOf(reader, caller.tenant_id, reference);
    if (received === undefined) return { error: failure('execution.not_found', { field, details: { execution_id: reference } }) };
    targets.push(targetOf(received));
    own &&= received.caller.user_id === caller.user_id;
    perhapsOwn ||= mayBeOnePerson(received.caller, caller);
  }
  return { own, perhapsOwn: perhapsOwn && !own, targets: everybodys ? 'all' : targets };
}

/** The first record of an execution; undefined when the tenant has none of this id. */
export async function receivedOf(reader: WalReader, tenantId: string, executionId: string): Promise<RecordOf<'intent_received'> | undefined> {
  const first = (await reader.readStream(tenantId, executionId, 0, 1))[0];
  const record = first?.kind !== 'execution' ? undefined : decodeBody(first.body)[0];
  return record?.type === 'intent_received' ? record : undefined;
}

/** An execution as grants are scoped to it. */
export const targetOf = ({ intent }: RecordOf<'intent_received'>): ExecutionTarget => ({ executionId: intent.intent_id, intentType: intent.intent_type, sessionId: intent.session_id, metadata: intent.metadata });
