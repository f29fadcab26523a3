import { createPrivateKey, randomBytes } from 'node:crypto';
import type { Secrets } from '@symphainy/launcher';
import type { TlsMaterial } from '@symphainy/servers-local';
import { busUsers, variableOf } from './nats-permissions.js';

/** NATS reads its environment as configuration values, where a text must not look like a number: hence a letter first. */
const password = (): string => `p${randomBytes(24).toString('hex')}`;

/** The Ed25519 seed on one line; a PEM has several. */
const seedOf = (pem: string): string => createPrivateKey(pem).export({ format: 'jwk' }).d ?? '';

const quoted = (value: unknown): string => `'${JSON.stringify(value)}'`;

/** The names under which each server of docker-compose.yml is reached. */
export const TLS_SERVERS: Readonly<Record<string, readonly string[]>> = { nats: ['nats'], postgres: ['postgres'], redis: ['redis'] };

/** PEM texts, which may span lines between single quotes. */
function tlsVariables({ ca, servers }: TlsMaterial): Record<string, string> {
  const own = Object.entries(servers).flatMap(([name, { certificate, key }]) => [[`TLS_CERTIFICATE_${name.toUpperCase()}`, `'${certificate}'`], [`TLS_KEY_${name.toUpperCase()}`, `'${key}'`]]);
  return { TLS_CA: `'${ca}'`, ...(Object.fromEntries(own) as Record<string, string>) };
}

/** The text of `.env` for docker-compose.yml: every secret the platform needs, fresh. */
export function deployEnv(secrets: Secrets, tls: TlsMaterial): string {
  const s3 = { identities: [{ name: 'symphainy', credentials: [{ accessKey: randomBytes(10).toString('hex'), secretKey: password() }], actions: ['Admin', 'Read', 'Write', 'List'] }] };
  const variables: Record<string, string> = {
    ...Object.fromEntries(busUsers.map((user) => [`BUS_PASSWORD_${variableOf(user)}`, password()])),
    POSTGRES_PASSWORD: password(),
    CITY_DATABASE_PASSWORD: password(),
    DATABASE_ROLE_KEY: secrets.database_key,
    REDIS_PASSWORD: password(),
    ARANGO_ROOT_PASSWORD: password(),
    GRAFANA_ADMIN_PASSWORD: password(),
    RUNTIME_TOKEN_KEY: secrets.token_key,
    PERSONAL_DATA_KEY: secrets.personal_data_key,
    BUNDLE_SIGNING_KEY: seedOf(secrets.bundle_signing_key),
    BUNDLE_PUBLIC_KEYS: secrets.bundle_public_keys,
    CHECKPOINT_SIGNING_KEY: seedOf(secrets.checkpoint_signing_key),
    API_KEYS: quoted(secrets.api_keys.map(({ key_id, key_hash, tenant_id, user_id }) => ({ key_id, key_hash, tenant_id, user_id }))),
    S3_IDENTITIES: quoted(s3),
    ...tlsVariables(tls),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
