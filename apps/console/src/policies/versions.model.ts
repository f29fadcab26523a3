/** Bundle versions and the governance changes that were recorded, in one line of time. Pure. */
import type { RecordedChange } from '../govern/recorded-change.js';

export interface KeptVersion {
  readonly version: number;
  readonly hash: string;
  readonly created_at: string;
  readonly current: boolean;
}

export interface VersionRow {
  readonly version: KeptVersion;
  /** Recorded after the version before it was made and up to when this one was: what it came of. Newest first. */
  readonly changes: readonly RecordedChange[];
}

/** Versions newest first, each with the changes of its time. Changes newer than every version are left out: no bundle has come of them yet. */
export function rowsOf(versions: readonly KeptVersion[], changes: readonly RecordedChange[]): readonly VersionRow[] {
  const newest = versions.toSorted((a, b) => b.version - a.version);
  return newest.map((version, index) => {
    const after = newest[index + 1]?.created_at ?? '';
    return { version, changes: changes.filter(({ at }) => at <= version.created_at && at > after).toSorted((a, b) => (a.at < b.at ? 1 : -1)) };
  });
}
