import type { Client } from '@symphainy/client';
import type { KeptVersion } from './versions.model.js';

/** How many versions are shown. */
export const VERSIONS = 40;

export interface Versions {
  /** Newest first. */
  readonly versions: readonly KeptVersion[];
  readonly more: boolean;
}

export async function readVersions(platform: Client): Promise<Versions> {
  const { entries, next_cursor } = await platform.governance.read('bundles', { limit: VERSIONS });
  return { versions: entries as unknown as KeptVersion[], more: next_cursor !== undefined };
}
