import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { isoTime } from '@symphainy/kernel';
import { compileBundle, signBundle } from '@symphainy/governance';
import { defineService, type ServiceDefinition, type ServiceHost } from '@symphainy/service-host';
import { openDatabase, provisionSchema, type Database } from '@symphainy/store-postgres';
import { BundleOffice } from './bundle/bundle-office.js';
import { buildBundle } from './bundle/catalogue.js';
import { CatalogueStore, type Seal } from './bundle/catalogue-store.js';
import { cityPlan } from './bundle/catalogue.migration.js';
import { GovernanceFeed } from './bundle/governance-feed.js';
import { CityManager } from './city-manager/city.manager.js';
import { CitySession } from './city-manager/city-session.js';
import { Curator } from './curator/curator.js';
import { HealthRegistry } from './nurse/health-registry.js';
import { NurseRoom, openNurseRoom } from './nurse/nurse-room.js';
import { openPostRoom, PostRoom } from './post-office/post-room.js';
import { governanceRules } from './platform-capabilities.js';
import { smartCityEnv, type SmartCityEnv } from './smart-city.env.js';

@Module({})
class SmartCityModule {}

const DATABASE = Symbol('smart-city.database');
/** Of Post Office and Nurse: however busy deliveries are, governance finds a connection. */
const EVENTS_DATABASE = Symbol('smart-city.events-database');
const EVENTS_CONNECTIONS = 8;

/** A bundle is compiled before it is signed: what no runtime could load is never sent. */
const sealOf = (host: ServiceHost<SmartCityEnv>): Seal => (catalogue, version, origins) => {
  const signed = signBundle(buildBundle(catalogue, version, isoTime(host.clock.now()), origins), host.env.BUNDLE_SIGNING_KEY);
  compileBundle(signed.bundle, signed.hash);
  return signed;
};

async function openCityDatabase(host: ServiceHost<SmartCityEnv>): Promise<Database> {
  const { DATABASE_URL, DATABASE_OWNER_URL } = host.env;
  if (DATABASE_OWNER_URL !== undefined) await provisionSchema(DATABASE_OWNER_URL, cityPlan(decodeURIComponent(new URL(DATABASE_URL).password)));
  return cityDatabase(host);
}

const cityDatabase = (host: ServiceHost<SmartCityEnv>, poolMax?: number): Database =>
  openDatabase({ url: host.env.DATABASE_URL, applicationName: host.name, ...(poolMax === undefined ? {} : { poolMax }), onIdleError: (error) => host.logger.warn({ err: error }, 'a database connection broke') });

function smartCityModule(host: ServiceHost<SmartCityEnv>): DynamicModule {
  return {
    module: SmartCityModule,
    providers: [
      { provide: DATABASE, useFactory: () => openCityDatabase(host) },
      // provisioned by then
      { provide: EVENTS_DATABASE, useFactory: (_: Database) => cityDatabase(host, EVENTS_CONNECTIONS), inject: [DATABASE] },
      { provide: CatalogueStore, useFactory: (database: Database) => new CatalogueStore(database, sealOf(host)), inject: [DATABASE] },
      { provide: PostRoom, useFactory: (database: Database, office: BundleOffice) => openPostRoom(host, database, office), inject: [EVENTS_DATABASE, BundleOffice] },
      { provide: NurseRoom, useFactory: (database: Database, office: BundleOffice, health: HealthRegistry, post: PostRoom, session: CitySession) => openNurseRoom(host, database, { office, health, post, session }), inject: [EVENTS_DATABASE, BundleOffice, HealthRegistry, PostRoom, CitySession] },
      { provide: BundleOffice, useFactory: (store: CatalogueStore, health: HealthRegistry) => new BundleOffice(host, store, health), inject: [CatalogueStore, HealthRegistry] },
      { provide: GovernanceFeed, useFactory: () => new GovernanceFeed(governanceRules, host.logger) },
      { provide: CitySession, useFactory: () => new CitySession(host) },
      { provide: Curator, useFactory: (...parts: [BundleOffice, CatalogueStore, CitySession, HealthRegistry]) => new Curator(host, ...parts), inject: [BundleOffice, CatalogueStore, CitySession, HealthRegistry] },
      { provide: HealthRegistry, useFactory: () => new HealthRegistry(host, host.env.NURSE_PATIENCE_MS) },
      CityManager,
    ],
  };
}

export const smartCityService: ServiceDefinition<SmartCityEnv> = defineService<SmartCityEnv>({ name: 'smart-city', plane: 'smart-city', env: smartCityEnv, module: smartCityModule });
