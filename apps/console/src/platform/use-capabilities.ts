import type { CapabilityEntry } from '@symphainy/client';
import { useCallback } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useLoad, type Loaded } from './use-load.js';

/** What the platform can be asked for, as the current governance bundle says. */
export function useCapabilities(): Loaded<readonly CapabilityEntry[]> {
  const platform = usePlatform();
  return useLoad(useCallback(async () => (await platform.capabilities.list()).capabilities, [platform]));
}
