import type { JwtIssuer, VerificationKeys } from '@symphainy/contracts';
import { systemClock } from '@symphainy/kernel';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aliceKey, startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';

const now = (): number => Math.floor(systemClock.now() / 1000);

describe('JWT callers', () => {
  let gateway: TestGateway;
  let jwksServer: Server;
  let trusted: CryptoKey;
  let remote: CryptoKey;
  let stranger: CryptoKey;

  beforeAll(async () => {
    const [a, b, c] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('RS256', { extractable: true }), generateKeyPair('ES256')]);
    [trusted, remote, stranger] = [a.privateKey, b.privateKey, c.privateKey];
    jwksServer = await serveJwks({ ...(await exportJWK(b.publicKey)), kid: 'r1', alg: 'RS256' });
    const issuers: JwtIssuer[] = [
      issuer({ issuer: 'https://login.acme', jwks: { keys: [{ ...(await exportJWK(a.publicKey)), kid: 'k1', alg: 'ES256' } as never] } }),
      issuer({ issuer: 'https://login.remote', jwks_url: `http://127.0.0.1:${(jwksServer.address() as AddressInfo).port}/jwks` }),
      issuer({ issuer: 'https://login.down', jwks_url: 'http://127.0.0.1:9/jwks' }),
    ];
    gateway = await startGateway({ keys: { ...testKeys, jwt_issuers: issuers } });
  });
  afterAll(async () => {
    await gateway.close();
    jwksServer.close();
  });

  const token = (claims: Record<string, unknown> = {}, key = trusted, header: Record<string, unknown> = {}): Promise<string> =>
    new SignJWT({ iss: 'https://login.acme', aud: 'symphainy', tenant_id: 'acme', sub: 'dora', roles: ['analyst'], exp: now() + 300, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key);
  const me = async (credentials: string): Promise<{ status: number; body: Record<string, unknown> }> => gateway.call('GET', '/v1/me', { key: credentials });

  it('a good token - names tenant, user and roles', async () => {
    expect((await me(await token())).body).toMatchObject({ tenant_id: 'acme', user_id: 'dora', roles: ['analyst'], auth: 'jwt', expires_at: expect.any(String) });
  });

  it('roles as one text - are read as well', async () => {
    expect((await me(await token({ roles: 'analyst admin' }))).body['roles']).toEqual(['analyst', 'admin']);
  });

  it('keys by URL - are fetched', async () => {
    expect((await me(await token({ iss: 'https://login.remote' }, remote, { alg: 'RS256', kid: 'r1' }))).status).toBe(200);
  });

  it.each([
    ['expired beyond the skew', { exp: -61 }, 'auth.expired'],
    ['not valid yet beyond the skew', { nbf: 120 }, 'auth.invalid'],
    ['another audience', { aud: 'elsewhere' }, 'auth.invalid'],
    ['an issuer nobody trusts', { iss: 'https://evil' }, 'auth.invalid'],
    ['a tenant the issuer may not speak for', { tenant_id: 'globex' }, 'auth.invalid'],
    ['no tenant', { tenant_id: undefined }, 'auth.invalid'],
    ['no user', { sub: '' }, 'auth.invalid'],
    ['no expiry', { exp: undefined }, 'auth.invalid'],
  ])('%s - is refused', async (_what, claims: Record<string, unknown>, code) => {
    const timed = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, typeof value === 'number' ? now() + value : value]));
    const { status, body } = await me(await token(timed));
    expect([status, body['code']]).toEqual([401, code]);
  });

  it('clocks a minute apart - are tolerated', async () => {
    expect((await me(await token({ exp: now() - 30, nbf: now() + 30 }))).status).toBe(200);
  });

  it('another key’s signature - is refused', async () => {
    expect((await me(await token({}, stranger))).body['code']).toBe('auth.invalid');
  });

  it('a token without signature, or signed with a shared secret - is refused', async () => {
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await token()).split('.')[1]}.`;
    const shared = await new SignJWT({ tenant_id: 'acme', sub: 'dora' }).setProtectedHeader({ alg: 'HS256' }).setIssuer('https://login.acme').setAudience('symphainy').setExpirationTime('1h').sign(new TextEncoder().encode('k'.repeat(32)));
    expect([(await me(unsigned)).body['code'], (await me(shared)).body['code']]).toEqual(['auth.invalid', 'auth.invalid']);
  });

  it('an issuer whose keys are out of reach - is no fault of the caller', async () => {
    const { status, body } = await me(await token({ iss: 'https://login.down' }));
    expect([status, body['code']]).toEqual([503, 'auth.unavailable']);
  });
});

const issuer = (more: Partial<JwtIssuer> & { issuer: string }): JwtIssuer => ({ audience: 'symphainy', tenant_claim: 'tenant_id', user_claim: 'sub', roles_claim: 'roles', tenants: ['acme'], ...more });

async function serveJwks(key: JWK): Promise<Server> {
  const server = createServer((_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [key] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('an issuer known by its address alone', () => {
  it('discovery, rotation and a flood of unknown key ids - the metadata must be the issuer’s own, new keys are fetched, and not more often than every 30 s', async () => {
    const [first, second, next] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256', { extractable: true }), generateKeyPair('ES256', { extractable: true })]);
    const served = { keys: [] as JWK[], fetches: 0, base: '', claims: '' };
    served.keys = [{ ...(await exportJWK(first.publicKey)), kid: 'r1', alg: 'RS256' }];
    const server = createServer((request, response) => {
      const isKeys = request.url === '/keys';
      served.fetches += isKeys ? 1 : 0;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(isKeys ? { keys: served.keys } : { issuer: request.url?.startsWith('/other') === true ? 'https://elsewhere' : served.base, jwks_uri: `${served.base}/keys` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    served.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = await startGateway({ keys: { ...testKeys, jwt_issuers: [issuer({ issuer: served.base, algorithms: ['RS256'], clock_skew_s: 0 }), issuer({ issuer: `${served.base}/other` })] } });
    const sign = (key: CryptoKey, kid: string, alg = 'RS256', more: object = {}): Promise<string> => new SignJWT({ iss: served.base, aud: 'symphainy', tenant_id: 'acme', sub: 'dora', exp: now() + 300, ...more }).setProtectedHeader({ alg, kid }).sign(key);
    const me = async (token: string): Promise<unknown> => (await gateway.call('GET', '/v1/me', { key: token })).body['code'] ?? 'ok';
    try {
      expect(await me(await sign(first.privateKey, 'r1'))).toBe('ok');
      expect(await me(await sign(first.privateKey, 'r1', 'RS256', { iss: `${served.base}/other` }))).toBe('auth.unavailable');
      expect(await me(await sign(first.privateKey, 'r1', 'RS256', { exp: now() - 1 }))).toBe('auth.expired');
      served.keys = [{ ...(await exportJWK(second.publicKey)), kid: 'r2', alg: 'RS256' }, { ...(await exportJWK(next.publicKey)), kid: 'e1', alg: 'ES256' }];
      for (let i = 0; i < 20; i++) expect(await me(await sign(second.privateKey, `made-up-${i}`))).toBe('auth.invalid');
      expect(served.fetches).toBe(1);
      jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 31_000);
      expect(await me(await sign(second.privateKey, 'r2'))).toBe('ok');
      expect(served.fetches).toBe(2);
      expect(await me(await sign(next.privateKey, 'e1', 'ES256'))).toBe('auth.invalid');
      // the public key as a shared secret: the old confusion of RS and HS
      const confused = await new SignJWT({ iss: served.base, aud: 'symphainy', tenant_id: 'acme', sub: 'dora', exp: now() + 300 }).setProtectedHeader({ alg: 'HS256', kid: 'r2' }).sign(new TextEncoder().encode(JSON.stringify(served.keys[0])));
      expect(await me(confused)).toBe('auth.invalid');
    } finally {
      jest.restoreAllMocks();
      await gateway.close();
      server.close();
    }
  });
});

describe('verification keys', () => {
  it('before Smart City has answered - nobody is let in, and the gateway says that it is not ready', async () => {
    const gateway = await startGateway({ keys: undefined });
    const { status, body, headers } = await gateway.call('GET', '/v1/me');
    expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'auth.unavailable', '1']);
    expect((await gateway.call('GET', '/readyz', { key: '' })).body).toEqual({ status: 'not_ready', missing: ['verification_keys'] });
    await gateway.close();
  });

  it('a push - lets a new key in and puts a revoked one out at once, an older push changes nothing', async () => {
    const gateway = await startGateway({ keys: testKeys });
    const push = async (keys: VerificationKeys): Promise<void> => {
      gateway.smartCity.publish('gateway.keys.push', {}, keys);
      await new Promise((resolve) => setImmediate(resolve));
    };
    expect((await gateway.call('GET', '/v1/me')).status).toBe(200);
    await push({ ...testKeys, version: 3, api_keys: testKeys.api_keys.map((key) => ({ ...key, revoked: true })) });
    expect((await gateway.call('GET', '/v1/me')).body['code']).toBe('auth.revoked');
    await push({ ...testKeys, version: 2 });
    expect((await gateway.call('GET', '/v1/me', { key: aliceKey })).body['code']).toBe('auth.revoked');
    await push({ ...testKeys, version: 4 });
    expect((await gateway.call('GET', '/v1/me')).status).toBe(200);
    await gateway.close();
  });
});
