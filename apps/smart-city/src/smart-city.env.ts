import { env, type EnvContract } from '@symphainy/kernel';
import { signingKeyVariable, type SigningKey } from '@symphainy/governance';
import { parseDelays } from './post-office/retry-schedule.js';
import { parseAllowedTargets, type AllowedTargets } from '@symphainy/outbound';

export interface SmartCityEnv {
  DATABASE_URL: string;
  DATABASE_OWNER_URL: string | undefined;
  BOOTSTRAP_FILE: string;
  API_KEYS_FILE: string | undefined;
  BUNDLE_SIGNING_KEY: SigningKey;
  NURSE_EVERY_MS: number;
  NURSE_PATIENCE_MS: number;
  WEBHOOK_SECRET_KEY: Uint8Array | undefined;
  WEBHOOK_RETRY_S: number[];
  WEBHOOK_TIMEOUT_MS: number;
  WEBHOOK_ALLOWED_TARGETS: AllowedTargets;
}

export const smartCityEnv: EnvContract<SmartCityEnv> = {
  DATABASE_URL: env.url({ description: 'Postgres as the role symphainy_city, password included', group: 'database', protocols: ['postgres', 'postgresql'], sensitive: true }),
  DATABASE_OWNER_URL: env.optionalUrl({ description: 'Postgres as a role that may create roles and schemas: role, schema and tables are then made at boot; unset: they are there already', group: 'database', protocols: ['postgres', 'postgresql'], sensitive: true }),
  BOOTSTRAP_FILE: env.text({ description: 'YAML or JSON file with the first tenants, identities, policies, keys and issuers', group: 'bootstrap' }),
  API_KEYS_FILE: env.optionalText({ description: 'YAML or JSON list of API key records (hashes, never keys) kept apart from the bootstrap file', group: 'bootstrap' }),
  BUNDLE_SIGNING_KEY: signingKeyVariable({ description: 'Ed25519 key that signs governance bundles', group: 'bundle' }),
  NURSE_EVERY_MS: env.integer({ description: 'How often Nurse looks for what needs attention', group: 'nurse', min: 50, max: 600_000, default: '5000' }),
  NURSE_PATIENCE_MS: env.integer({ description: 'How long a service may be silent before it counts as gone, and an execution overdue before it counts as stuck; services speak every ten seconds', group: 'nurse', min: 12_000, max: 3_600_000, default: '30000' }),
  WEBHOOK_SECRET_KEY: { ...env.secretKey({ description: 'Key that the secrets of webhooks are derived from; unset: derived from BUNDLE_SIGNING_KEY, and other secrets when that one changes', group: 'webhooks' }), required: false },
  WEBHOOK_RETRY_S: { ...env.text({ description: 'Seconds to wait after each try of a delivery that failed; after the last it is a dead letter', group: 'webhooks', default: '5,300,1800,7200,18000,36000,50400,72000,86400' }), parse: parseDelays, form: 'seconds, separated by commas' },
  WEBHOOK_TIMEOUT_MS: env.integer({ description: 'How long a webhook’s receiver may take to answer', group: 'webhooks', min: 100, max: 60_000, default: '15000' }),
  WEBHOOK_ALLOWED_TARGETS: { ...env.text({ description: 'host:port pairs, separated by commas, that webhooks may reach over plain http and at private addresses: for development only', group: 'webhooks', default: '' }), parse: parseAllowedTargets, form: 'host:port, …' },
};
