/** Whole lists of the governance bundle. */
import type { Client } from '@symphainy/client';
import type { PolicyReading } from '@symphainy/contracts';
import { useCallback } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useLoad, type Loaded } from '../platform/use-load.js';
import { useChangeCount } from './change-desk.js';

const PAGE = 1000;

export interface WholeList<T> {
  readonly entries: readonly T[];
  readonly bundle: { readonly version: number; readonly hash: string };
}

/** Every entry of a list, of the bundle in force or of a kept one; the platform has checked its shape. */
export async function readList<T>({ governance }: Client, list: string, hash?: string): Promise<WholeList<T>> {
  const entries: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await governance.read(list, { limit: PAGE, ...(cursor !== undefined && { cursor }), ...(hash !== undefined && { bundle: hash }) });
    entries.push(...(page.entries as unknown as T[]));
    cursor = page.next_cursor;
    if (cursor === undefined) return { entries, bundle: page.bundle };
  }
}

export async function readPolicies({ policies }: Client, hash?: string): Promise<WholeList<PolicyReading>> {
  const entries: PolicyReading[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await policies.list({ limit: PAGE, ...(cursor !== undefined && { cursor }), ...(hash !== undefined && { bundle: hash }) });
    entries.push(...page.policies);
    cursor = page.next_cursor;
    if (cursor === undefined) return { entries, bundle: page.bundle };
  }
}

/** A list of the bundle in force; read again after each change that is made here. */
export function useList<T>(list: string): Loaded<WholeList<T>> {
  const platform = usePlatform();
  const changes = useChangeCount();
  return useLoad(useCallback(() => readList<T>(platform, list), [platform, list]), { again: changes });
}
