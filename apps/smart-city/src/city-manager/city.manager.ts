import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { SubjectReply, SubjectRequest, WantedFrames } from '@symphainy/contracts';
import { isoTime } from '@symphainy/kernel';
import { RealmHost } from '@symphainy/realm-sdk';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { BundleOffice } from '../bundle/bundle-office.js';
import { CatalogueStore } from '../bundle/catalogue-store.js';
import { GovernanceFeed } from '../bundle/governance-feed.js';
import { Curator } from '../curator/curator.js';
import { realmHealth } from '../curator/realm-health.js';
import { HealthRegistry } from '../nurse/health-registry.js';
import { NurseRoom } from '../nurse/nurse-room.js';
import { PostRoom } from '../post-office/post-room.js';
import { governanceRealm } from '../platform-capabilities.js';
import type { SmartCityEnv } from '../smart-city.env.js';
import { BackPressure } from '../traffic-cop/back-pressure.js';
import { readBootstrap } from './bootstrap-files.js';
import { applyDeclarations, declaredEntries } from './declarations.js';
import { verifyReporter, verifySender } from './sender.js';

/**
 * Brings Smart City up and down: first what is declared is in force (so that the first answer already governs), then it serves:
 * governance steps, the Runtime's governance records, registrations; then it announces.
 */
@Injectable()
export class CityManager implements OnApplicationBootstrap {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost<SmartCityEnv>,
    @Inject(CatalogueStore) private readonly store: CatalogueStore,
    @Inject(BundleOffice) private readonly office: BundleOffice,
    @Inject(GovernanceFeed) private readonly feed: GovernanceFeed,
    @Inject(Curator) private readonly curator: Curator,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(PostRoom) private readonly post: PostRoom,
    @Inject(NurseRoom) private readonly nurse: NurseRoom,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    let serving = false;
    this.host.readiness('bundle', () => serving);
    this.host.readiness('registrations', () => this.curator.settled);
    const file = await readBootstrap(this.host.env.BOOTSTRAP_FILE, this.host.env.API_KEYS_FILE);
    await this.office.change((draft) => applyDeclarations(draft, declaredEntries(file), isoTime(this.host.clock.now())));
    this.serve();
    await this.curator.resume();
    serving = true;
  }

  private serve(): void {
    const { channels } = this.host;
    new RealmHost(this.host, governanceRealm({ post: this.post.desk, nurse: this.nurse.desk }), { subject: 'governance.{tenant}.step' }).start();
    channels.serve('smart-city.records', {}, async ({ frames, position }) => {
      const { applied } = await this.office.change((draft) => this.feed.apply(draft, frames, position));
      return { applied, wants: this.wants() };
    });
    channels.serve('smart-city.events', {}, async ({ frames }) => {
      await this.post.office.take(frames, (sql, fresh) => this.nurse.nurse.take(sql, fresh));
      return { taken: frames.length };
    });
    channels.serve('smart-city.register.{service}.{realm}', {}, (request, { subject }) => this.register(verifySender(request, subject)));
    channels.serve('smart-city.realms.read', {}, () => Promise.resolve(realmHealth(this.office.snapshot.catalogue, this.health.all())));
    channels.subscribe('smart-city.health.{service}', {}, (report, { subject }) => this.health.heard(verifyReporter(report, subject)));
    new BackPressure(this.host).start();
    this.post.office.start();
    const stopLooking = this.nurse.nurse.start();
    const stopAnnouncing = this.office.announce();
    this.host.onDrain(async () => {
      stopAnnouncing();
      this.curator.stop();
      await stopLooking();
      await this.post.close();
      await this.store.close();
    });
  }

  /** What subscribers and Nurse want of the Runtime: of a tenant that Nurse watches, all. */
  private wants(): WantedFrames[] {
    const watched = this.nurse.nurse.watched();
    return [...watched.map((tenant_id) => ({ tenant_id })), ...this.post.office.wants().filter(({ tenant_id }) => !watched.includes(tenant_id))];
  }

  /** Who registers gets what it needs to work: a runtime the bundle, a gateway the keys, a realm the word that its capabilities are in force. */
  private async register(request: SubjectRequest<'smart-city.register.{service}.{realm}'>): Promise<SubjectReply<'smart-city.register.{service}.{realm}'>> {
    // Services register again now and then, to hear what they missed: that is no news.
    const level = this.health.registered(request.service, request.plane, request.instance, { build: request.build, realm: request.realm }) ? 'info' : 'debug';
    this.host.logger[level]({ plane: request.plane, registered: request.service, instance: request.instance, build: request.build, capabilities: request.capabilities.length }, 'a service registers');
    await this.curator.register(request.realm, request.capabilities);
    if (request.plane === 'runtime') {
      this.curator.runtimeArrived();
      return { bundle: this.office.bundle, applied: this.office.snapshot.applied };
    }
    if (request.plane === 'gateway') return { keys: this.office.keys };
    await this.curator.inForce(request.realm);
    return {};
  }
}
