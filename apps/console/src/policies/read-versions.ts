import type { Client } from '@symphainy/client';
import { readChanges } from '../govern/read-changes.js';
import { rowsOf, type KeptVersion, type VersionRow } from './versions.model.js';

/** How many versions are shown. */
export const VERSIONS = 40;

/** The changes that are looked for: of tenants, identities, policies and bundles. Others (registrations, grants, settings of roles) make versions too. */
const ACTIONS = ['promote_bundle', 'rollback_bundle', 'put_policy', 'remove_policy', 'stage_bundle', 'discard_candidate', 'register_identity', 'create_tenant', 'update_tenant', 'suspend_tenant', 'resume_tenant', 'close_tenant'] as const;

export interface Versions {
  readonly rows: readonly VersionRow[];
  readonly more: boolean;
}

export async function readVersions(platform: Client): Promise<Versions> {
  const { entries, next_cursor } = await platform.governance.read('bundles', { limit: VERSIONS });
  const versions = entries as unknown as KeptVersion[];
  return { rows: rowsOf(versions, await readChanges(platform, ACTIONS, versions.at(-1)?.created_at ?? '')), more: next_cursor !== undefined };
}
