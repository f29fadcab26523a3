import { env, type EnvContract } from '@symphainy/kernel';

/** Variables every service reads. */
export interface HostEnv {
  BUS_URL: string;
  BUS_USER: string | undefined;
  BUS_PASSWORD: string | undefined;
  BUS_CA_FILE: string | undefined;
  HTTP_HOST: string;
  HTTP_PORT: number;
  HTTP_ADVERTISED_URL: string | undefined;
  LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error';
  BUILD_ID: string;
  DRAIN_MS: number;
  OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
  SECRETS_DIR: string | undefined;
  SECRETS_VAULT_URL: string | undefined;
  SECRETS_VAULT_MOUNT: string;
  SECRETS_VAULT_PATH: string | undefined;
  SECRETS_VAULT_TOKEN: string | undefined;
}

export const hostEnv: EnvContract<HostEnv> = {
  BUS_URL: env.url({ description: 'the NATS server', group: 'bus', protocols: ['nats', 'tls', 'local'] }),
  BUS_USER: env.optionalText({ description: 'this service’s NATS user', group: 'bus' }),
  BUS_PASSWORD: env.optionalText({ description: 'that user’s password', group: 'bus', sensitive: true }),
  BUS_CA_FILE: env.optionalText({ description: 'PEM file of the authority that signed the NATS server’s certificate; given, the connection is over TLS or not at all; unset: the system’s authorities, where the server asks for TLS', group: 'bus' }),
  HTTP_HOST: env.text({ description: 'address the HTTP server listens on', group: 'http', default: '127.0.0.1' }),
  HTTP_PORT: env.integer({ description: 'port of the HTTP server; 0 takes a free one', group: 'http', default: '0', min: 0, max: 65535 }),
  HTTP_ADVERTISED_URL: env.optionalUrl({ description: 'base URL under which other services reach this one; default: the address it listens on', group: 'http', protocols: ['http', 'https'] }),
  LOG_LEVEL: env.choice({ description: 'least level that is logged', group: 'logs', default: 'info', choices: ['debug', 'info', 'warn', 'error'] }),
  BUILD_ID: env.text({ description: 'names the code that runs; recorded with step results', group: 'build', default: '0.1.0' }),
  DRAIN_MS: env.integer({ description: 'longest wait for work in flight when stopping, in ms', group: 'lifecycle', default: '10000', min: 0, max: 600_000 }),
  OTEL_EXPORTER_OTLP_ENDPOINT: env.optionalUrl({ description: 'OTLP/HTTP collector for traces; unset: no traces', group: 'telemetry', protocols: ['http', 'https'] }),
  SECRETS_DIR: env.optionalText({ description: 'directory with one file per secret, named as its variable', group: 'secrets' }),
  SECRETS_VAULT_URL: env.optionalUrl({ description: 'HashiCorp Vault or OpenBao, asked for the secrets that neither variables nor files give', group: 'secrets', protocols: ['http', 'https'] }),
  SECRETS_VAULT_MOUNT: env.text({ description: 'where its KV version 2 engine is mounted', group: 'secrets', default: 'secret' }),
  SECRETS_VAULT_PATH: env.optionalText({ description: 'path of this service’s secret in it, whose keys are the variables; unset: symphainy/<service>', group: 'secrets' }),
  SECRETS_VAULT_TOKEN: env.optionalText({ description: 'token that may read that path', group: 'secrets', sensitive: true }),
};
