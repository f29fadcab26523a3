/** A gateway on the in-process bus, with a responder as Runtime, and keys as Smart City would send them. */
import { Inject, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { VerificationKeys } from '@symphainy/contracts';
import { sha256Hex, silentLogger } from '@symphainy/kernel';
import { bootService, type Channels } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayService } from '../gateway.service.js';
import { RuntimeResponder } from './runtime-responder.js';

export const aliceKey = `sk_alice_1_${'A'.repeat(43)}`;
export const bobKey = `sk_bob_${'B'.repeat(43)}`;
export const ginaKey = `sk_gina_${'G'.repeat(43)}`;
export const expiredKey = `sk_old_${'E'.repeat(43)}`;
export const revokedKey = `sk_gone_${'R'.repeat(43)}`;

const record = (key_id: string, key: string, tenant_id: string, user_id: string, more: { expires_at?: string; revoked?: boolean } = {}): VerificationKeys['api_keys'][number] => ({ key_id, key_hash: sha256Hex(key), tenant_id, user_id, revoked: false, ...more });

export const testKeys: VerificationKeys = {
  version: 1,
  api_keys: [
    record('alice_1', aliceKey, 'acme', 'alice'),
    record('bob', bobKey, 'acme', 'bob'),
    record('gina', ginaKey, 'globex', 'gina'),
    record('old', expiredKey, 'acme', 'alice', { expires_at: '2020-01-01T00:00:00.000Z' }),
    record('gone', revokedKey, 'acme', 'alice', { revoked: true }),
  ],
  jwt_issuers: [],
  requests: [],
  gateways: 1,
};

/** Sees every route that is put on the server, whoever puts it there. */
@Module({})
class RouteProbe {
  static readonly seen: string[] = [];

  constructor(@Inject(HttpAdapterHost) { httpAdapter }: HttpAdapterHost<FastifyAdapter>) {
    RouteProbe.seen.length = 0;
    httpAdapter.getInstance().addHook('onRoute', ({ method, url }) => void RouteProbe.seen.push(...[method].flat().map((one) => `${one} ${url}`)));
  }
}

@Module({})
class ProbedGateway {}

const probed: typeof gatewayService = { ...gatewayService, module: (host) => ({ module: ProbedGateway, imports: [RouteProbe, gatewayService.module(host)] }) };

export interface TestGateway {
  readonly url: string;
  /** The directory that uploads are kept in. */
  readonly objects: string;
  /** As `GET /v1/me`, without the HEAD routes that Fastify adds. */
  routes(): string[];
  readonly runtime: RuntimeResponder;
  readonly smartCity: Channels;
  call(method: string, path: string, options?: CallOptions): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly key?: string | undefined;
  readonly json?: unknown;
  readonly raw?: RequestInit['body'];
  readonly headers?: Record<string, string>;
}

export async function startGateway(options: { keys?: VerificationKeys | undefined; env?: Record<string, string>; runtimeAway?: boolean } = { keys: testKeys }): Promise<TestGateway> {
  const { hub, channelsOf } = testChannels();
  const smartCity = channelsOf('smart-city');
  smartCity.serve('smart-city.register.{service}.{realm}', {}, () => Promise.resolve(options.keys === undefined ? {} : { keys: options.keys }));
  const runtime = new RuntimeResponder(options.runtimeAway === true ? testChannels().channelsOf('runtime') : channelsOf('runtime'));
  const directory = await mkdtemp(join(tmpdir(), 'symphainy-gateway-'));
  const service = await bootService(probed, { env: { OBJECTS_DIR: directory, HTTP_PORT: '0', DRAIN_MS: '100', ...options.env }, bus: hub.connect(), logger: silentLogger });
  if (options.keys !== undefined) await ready(service.url);
  return {
    url: service.url,
    objects: directory,
    routes: () => [...new Set(RouteProbe.seen)].filter((route) => !route.startsWith('HEAD ')),
    runtime,
    smartCity,
    call: (method, path, more = {}) => call(service.url, method, path, more),
    close: async () => {
      await service.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`${url}/readyz`);
    if (answer.status === 200) return;
    if (tries === 199) throw new Error(`the gateway did not become ready: ${await answer.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function call(url: string, method: string, path: string, { key = aliceKey, json, raw, headers }: CallOptions): ReturnType<TestGateway['call']> {
  const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(key === '' ? {} : { authorization: `Bearer ${key}` }), ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as Record<string, unknown>) : { text } };
}
