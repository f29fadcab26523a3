import type { AccessAction, AccessAnswer, AccessQuestion, Caller } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import { answeredAccess, askedCaller, refusedAccess, type CompiledBundle } from '@symphainy/governance';
import { judgeAccess } from '../acceptance/recorded-access.js';

/** What can be done to what was recorded, by its type as AuthZEN names it. */
const ACTIONS = { artifact: ['hydrate'], execution: ['hydrate', 'replay'] } as const satisfies Readonly<Record<string, readonly AccessAction[]>>;
export type RecordedType = keyof typeof ACTIONS;

export const isRecordedType = (type: string): type is RecordedType => Object.hasOwn(ACTIONS, type);
export const actionsOn = (type: RecordedType): readonly AccessAction[] => ACTIONS[type];

/** A recorded thing by its id, with its place in the list of all of its type. */
export interface Listed {
  readonly id: string;
  readonly place: (string | number)[];
}

/** A recorded thing with the intent that it came of. */
export interface Found {
  readonly received: RecordOf<'intent_received'>;
  readonly artifact?: { readonly artifact_id: string; readonly classification: string | undefined };
}

export interface RecordedThingsPort {
  find(tenantId: string, type: RecordedType, id: string): Promise<Found | undefined>;
  /** The newest first, those behind a place; an empty place: from the newest on. */
  list(tenantId: string, type: RecordedType, behind: readonly (string | number)[], limit: number): Promise<readonly Listed[]>;
}

export interface RecordedQuestionsParts {
  readonly things: RecordedThingsPort;
  /** RFC 3339. */
  readonly now: () => string;
}

const AT_ONCE = 200;
/** So many are looked at for one page; one that finds less than was asked for may have a next. */
const LOOKED_AT_MAX = 2_000;

/** AuthZEN questions about what was recorded. The answer is what the access itself would be told now, grants counted; unlike the access, it is not recorded. */
export class RecordedQuestions {
  constructor(private readonly parts: RecordedQuestionsParts) {}

  async answer(bundle: CompiledBundle, tenantId: string, { subject, action: { name }, resource: { type, id } }: AccessQuestion, asker?: Caller): Promise<AccessAnswer> {
    if (subject.type !== 'user') return refusedAccess(`subjects of type ${subject.type} are not known here`);
    const action = isRecordedType(type) ? actionsOn(type).find((known) => known === name) : undefined;
    if (!isRecordedType(type) || action === undefined) return refusedAccess(`${name} cannot be done to an ${type}`);
    const found = await this.parts.things.find(tenantId, type, id);
    if (found === undefined) return refusedAccess(`there is no ${type} ${id}`);
    const { received, artifact } = found;
    const { decision } = judgeAccess(bundle, received, { caller: asker ?? askedCaller(tenantId, subject), action, ...(artifact === undefined ? {} : { artifact }) }, this.parts.now());
    return answeredAccess(decision);
  }

  /** Those that hold, from a place on, the newest first. */
  async search(tenantId: string, type: RecordedType, { from, limit }: { readonly from: readonly (string | number)[]; readonly limit: number }, holds: (id: string) => Promise<boolean>): Promise<{ results: { type: string; id: string }[]; next?: (string | number)[] }> {
    const results: { type: string; id: string }[] = [];
    let behind = [...from];
    for (let looked = 0; looked < LOOKED_AT_MAX; ) {
      const listed = await this.parts.things.list(tenantId, type, behind, AT_ONCE);
      for (const { id, place } of listed) {
        if (results.length === limit) return { results, next: behind };
        if (await holds(id)) results.push({ type, id });
        behind = place;
      }
      if (listed.length < AT_ONCE) return { results };
      looked += listed.length;
    }
    return { results, next: behind };
  }
}
