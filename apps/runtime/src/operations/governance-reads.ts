import { failure, type BundleOrigin, type CedarPolicy, type GovernanceEntries, type Json, type PolicyPage, type SubjectRequest } from '@symphainy/contracts';
import { entriesForTenant, entriesOf, readPolicy, type CompiledBundle } from '@symphainy/governance';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { BundleArchive } from '../acceptance/log.ports.js';
import type { RefusalLog } from '../acceptance/refusal-log.js';
import { z } from 'zod';
import { demandReading, PLATFORM_TENANT } from './governance-leave.js';

export interface GovernanceReadsParts {
  readonly bundles: BundleHolder;
  readonly archive: BundleArchive;
  readonly refusals: RefusalLog;
}

const BUNDLES_MAX = 100;

/** Governance as it is in force here, list by list, for administrators: those of a tenant see what concerns it, those of the platform everything. */
export class GovernanceReads {
  constructor(private readonly parts: GovernanceReadsParts) {}

  async read(request: SubjectRequest<'runtime.governance.read'>): Promise<GovernanceEntries> {
    const current = this.parts.bundles.require();
    await demandReading(this.parts.refusals, current, request.caller);
    const from = placeOf(request.cursor);
    if (request.list === 'bundles') return this.bundles(current, request, from);
    const { bundle_hash: hash } = request;
    const read = hash === undefined || hash === current.hash ? current : await this.parts.bundles.underHash(hash);
    const entries = this.entries(read, request);
    const next = (from ?? 0) + request.limit;
    return { ...about(request.list, read), entries: entries.slice(from ?? 0, next) as { [key: string]: Json }[], ...(next < entries.length ? { next_cursor: cursorOf(next) } : {}) };
  }

  async policies(request: SubjectRequest<'runtime.policy.list'>): Promise<PolicyPage> {
    const { bundle, entries, next_cursor } = await this.read({ ...request, list: 'policies' });
    return { bundle, policies: entries.map((entry) => readPolicy(entry as unknown as CedarPolicy)), ...(next_cursor === undefined ? {} : { next_cursor }) };
  }

  private entries({ bundle }: CompiledBundle, { caller, list }: SubjectRequest<'runtime.governance.read'>): readonly unknown[] {
    const entries = caller.tenant_id === PLATFORM_TENANT ? entriesOf(bundle, list) : entriesForTenant(bundle, list, caller.tenant_id);
    if (entries === undefined) throw failure('request.not_found', { message: `a governance bundle has no list "${list}"` });
    return entries;
  }

  private async bundles(current: CompiledBundle, { caller, limit }: SubjectRequest<'runtime.governance.read'>, from: number | undefined): Promise<GovernanceEntries> {
    const size = Math.min(limit, BUNDLES_MAX);
    const kept = await this.parts.archive.list(from ?? Number.MAX_SAFE_INTEGER, size + 1);
    const made = ({ tenant_id }: BundleOrigin): boolean => caller.tenant_id === PLATFORM_TENANT || caller.tenant_id === tenant_id;
    const entries = kept.slice(0, size).map((bundle) => ({ ...bundle, made_by: bundle.made_by.filter(made) as unknown as Json, current: bundle.hash === current.hash }));
    const last = entries.at(-1);
    return { ...about('bundles', current), entries, ...(kept.length > size && last !== undefined ? { next_cursor: cursorOf(last.version) } : {}) };
  }
}

const about = (list: string, { version, hash, bundle }: CompiledBundle): Pick<GovernanceEntries, 'list' | 'bundle'> => ({ list, bundle: { version, hash, created_at: bundle.created_at } });

const place = z.number().int().min(0);
const cursorOf = (at: number): string => Buffer.from(JSON.stringify(at)).toString('base64url');

function placeOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw failure('request.invalid', { field: '/cursor', message: 'the cursor is not one of this list', cause });
  }
}
