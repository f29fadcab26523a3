import { env, type EnvContract } from '@symphainy/kernel';
import { signingKeyVariable, type SigningKey } from '@symphainy/governance';

export interface SmartCityEnv {
  DATABASE_URL: string;
  DATABASE_OWNER_URL: string | undefined;
  BOOTSTRAP_FILE: string;
  API_KEYS_FILE: string | undefined;
  BUNDLE_SIGNING_KEY: SigningKey;
}

export const smartCityEnv: EnvContract<SmartCityEnv> = {
  DATABASE_URL: env.url({ description: 'Postgres as the role symphainy_city, password included', group: 'database', protocols: ['postgres', 'postgresql'], sensitive: true }),
  DATABASE_OWNER_URL: env.optionalUrl({ description: 'Postgres as a role that may create roles and schemas: role, schema and tables are then made at boot; unset: they are there already', group: 'database', protocols: ['postgres', 'postgresql'], sensitive: true }),
  BOOTSTRAP_FILE: env.text({ description: 'YAML or JSON file with the first tenants, identities, policies, keys and issuers', group: 'bootstrap' }),
  API_KEYS_FILE: env.optionalText({ description: 'YAML or JSON list of API key records (hashes, never keys) kept apart from the bootstrap file', group: 'bootstrap' }),
  BUNDLE_SIGNING_KEY: signingKeyVariable({ description: 'Ed25519 key that signs governance bundles', group: 'bundle' }),
};
