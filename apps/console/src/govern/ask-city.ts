/** Questions that only Smart City can answer. Each is a recorded intent, so they are asked when somebody asks, and not again by themselves. */
import { useCallback } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useLoad, type Loaded } from '../platform/use-load.js';
import { useChangeCount } from './change-desk.js';

export function useAnswer<T>(action: string, tenantId: string, extra?: string): Loaded<T> {
  const platform = usePlatform();
  const load = useCallback(async () => (await platform.governance.submit(action, { tenant_id: tenantId, ...(extra === undefined ? {} : (JSON.parse(extra) as object)) })).output as T, [platform, action, tenantId, extra]);
  return useLoad(load, { again: useChangeCount() });
}
