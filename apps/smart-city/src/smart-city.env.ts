import { env, type EnvContract, type EnvVariable } from '@symphainy/kernel';
import { readSigningKey, type SigningKey } from '@symphainy/governance';

export interface SmartCityEnv {
  DATABASE_URL: string;
  DATABASE_OWNER_URL: string | undefined;
  BOOTSTRAP_FILE: string;
  API_KEYS_FILE: string | undefined;
  BUNDLE_SIGNING_KEY: SigningKey;
}

/** A key has no default: a bundle signed with a key that others know governs nothing. */
const signingKey: EnvVariable<SigningKey> = {
  description: 'Ed25519 key that signs governance bundles',
  group: 'bundle',
  sensitive: true,
  required: true,
  defaultText: undefined,
  form: 'Ed25519 private key: PEM, or its 32-byte seed as base64url',
  parse(text) {
    try {
      return readSigningKey(text);
    } catch {
      // Node's own message may quote the key.
      throw new Error('must be an Ed25519 private key: PEM, or its 32-byte seed as base64url');
    }
  },
};

export const smartCityEnv: EnvContract<SmartCityEnv> = {
  DATABASE_URL: env.url({ description: 'Postgres as the role symphainy_city, password included', group: 'database', protocols: ['postgres', 'postgresql'], sensitive: true }),
  DATABASE_OWNER_URL: env.optionalUrl({ description: 'Postgres as a role that may create roles and schemas: role, schema and tables are then made at boot; unset: they are there already', group: 'database', protocols: ['postgres', 'postgresql'], sensitive: true }),
  BOOTSTRAP_FILE: env.text({ description: 'YAML or JSON file with the first tenants, identities, policies, keys and issuers', group: 'bootstrap' }),
  API_KEYS_FILE: env.optionalText({ description: 'YAML or JSON list of API key records (hashes, never keys) kept apart from the bootstrap file', group: 'bootstrap' }),
  BUNDLE_SIGNING_KEY: signingKey,
};
