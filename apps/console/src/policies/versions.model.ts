/** Bundle versions with the changes that they came of. Pure. */
import type { BundleOrigin } from '@symphainy/contracts';
import type { RecordedChange } from '../govern/recorded-change.js';

export interface KeptVersion {
  readonly version: number;
  readonly hash: string;
  readonly created_at: string;
  readonly current: boolean;
  readonly made_by: readonly BundleOrigin[];
}

/** What made a version, newest first. */
export const changesOf = ({ made_by }: KeptVersion): readonly RecordedChange[] => made_by.map(changeOf).toReversed();

function changeOf({ user_id, tenant_id, intent_type, execution_id, at, reason, changed }: BundleOrigin): RecordedChange {
  const about = aboutOf(changed);
  const by = tenant_id === 'platform' ? user_id : `${tenant_id}/${user_id}`;
  return { action: intent_type.replace('governance.', ''), by, at, ...(execution_id !== undefined && { executionId: execution_id }), ...(reason !== undefined && { reason }), ...(about !== undefined && { about }) };
}

/** A candidate speaks for all it changes; else the first entry, and how many more are named. */
function aboutOf(changed: readonly string[]): string | undefined {
  const keys = changed.map((at) => at.slice(at.indexOf('/') + 1));
  const candidate = changed.findIndex((at) => at.startsWith('candidates/'));
  if (candidate >= 0) return keys[candidate];
  return keys.length > 1 ? `${keys[0]} and ${keys.length - 1} more` : keys[0];
}
