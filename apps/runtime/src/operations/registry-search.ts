import type { RegistryHealth, RegistryPage, SubjectReply, SubjectRequest } from '@symphainy/contracts';
import { planViewOf } from '@symphainy/execution';
import { searchRegistry, type RealmHealth } from '@symphainy/governance';
import { asPlatformError, type Logger } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import { z } from 'zod';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import { cursorOf, placeOf } from '../state-surface/cursor.js';

/** How long Smart City is asked; then health is `unknown`. */
const HEALTH_MS = 1_000;
const place = z.tuple([z.number().int().min(0)]);
const healthOf: Readonly<Record<SubjectReply<'smart-city.realms.read'>['realms'][number]['circuit'], RegistryHealth>> = { closed: 'well', half_open: 'unwell', open: 'away' };

/** Curator's registries as the bundle in force has them, and how the realms behind them are now. */
export class RegistrySearch {
  constructor(private readonly parts: { readonly bundles: Pick<BundleHolder, 'require'>; readonly channels: Pick<Channels, 'request'>; readonly logger: Logger }) {}

  async capabilities(): Promise<SubjectReply<'runtime.capability.list'>> {
    const { bundle, hash, version } = this.parts.bundles.require();
    const capabilities = bundle.capabilities.map(({ saga, ...capability }) => ({ ...capability, steps: saga.steps.map((step) => step.name), plan: planViewOf(saga) }));
    return { bundle_version: version, bundle_hash: hash, capabilities };
  }

  async search({ query, limit, cursor }: SubjectRequest<'runtime.registry.search'>): Promise<RegistryPage> {
    const { bundle, hash, version } = this.parts.bundles.require();
    const [from] = placeOf(cursor, place) ?? [0];
    const found = searchRegistry(bundle, query, await this.health());
    const next = from + limit;
    return { bundle: { version, hash }, entries: found.slice(from, next), total: found.length, ...(next < found.length ? { next_cursor: cursorOf([next]) } : {}) };
  }

  private async health(): Promise<RealmHealth> {
    try {
      const { realms } = await this.parts.channels.request('smart-city.realms.read', {}, {}, { timeoutMs: HEALTH_MS });
      const known = new Map(realms.map(({ realm, circuit }) => [realm, healthOf[circuit]]));
      return (realm) => known.get(realm) ?? 'unknown';
    } catch (error) {
      this.parts.logger.debug({ code: asPlatformError(error).code }, 'Smart City does not say how the realms are');
      return () => 'unknown';
    }
  }
}
