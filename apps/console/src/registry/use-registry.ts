import type { RegistryFound, RegistryKind, RegistryQuery } from '@symphainy/contracts';
import { useCallback, useEffect, useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useChangeCount } from '../govern/change-desk.js';
import { useLoad, type Loaded } from '../platform/use-load.js';

/** What narrows the registry besides the kind that is shown; empty: everything. */
export interface RegistryFilter {
  readonly text: string;
  readonly owner: string;
  readonly determinism: string;
  readonly health: string;
  readonly deprecated: string;
}

export const everything: RegistryFilter = { text: '', owner: '', determinism: '', health: '', deprecated: '' };

const PAGE = 1000;
/** Nobody has typed for so long: what stands there is asked for. */
const TYPED_MS = 200;
/** Health is about now. */
const AGAIN_MS = 15_000;

/** The entries of a kind that fit, in the platform's order. */
export function useRegistry(kind: RegistryKind, filter: RegistryFilter): Loaded<readonly RegistryFound[]> {
  const platform = usePlatform();
  const asked = useSettled(JSON.stringify(filter));
  const load = useCallback(async () => {
    const query = Object.fromEntries(Object.entries(JSON.parse(asked) as RegistryFilter).filter(([, value]) => (value as string).trim() !== '')) as RegistryQuery;
    const found: RegistryFound[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await platform.capabilities.search({ ...query, kind, limit: PAGE, ...(cursor !== undefined && { cursor }) });
      found.push(...page.entries);
      cursor = page.next_cursor;
      if (cursor === undefined) return found;
    }
  }, [platform, kind, asked]);
  return useLoad(load, { again: useChangeCount(), everyMs: AGAIN_MS });
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), TYPED_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}
