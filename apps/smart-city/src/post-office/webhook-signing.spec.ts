import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { readSigningKey } from '@symphainy/governance';
import { SecretBook, signatureHeaders, type WebhookSecrets } from './webhook-signing.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const book = new SecretBook(new Uint8Array(32).fill(9));
const name = { tenant_id: 'acme', subscription_id: 'claims' };

describe('signatures of webhooks', () => {
  it('the vector that Standard Webhooks publishes - gives its signature', () => {
    const hmacKey = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const secrets: WebhookSecrets = { secret: '', publicKey: '', hmacKey, signingKey: readSigningKey(Buffer.alloc(32, 1).toString('base64url')) };
    const headers = signatureHeaders({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', atMs: 1_614_265_330_000, body: utf8('{"test": 2432232314}'), secrets: [secrets], schemes: ['v1'] });
    expect(headers).toEqual({ 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' });
  });

  it('both schemes, two versions - each signature verifies with the secret or key of its version', () => {
    const secrets = [book.of(name, 2), book.of(name, 1)];
    const body = utf8('{"a":"ö"}');
    const headers = signatureHeaders({ id: 'e:1:0', atMs: Date.now(), body, secrets, schemes: ['v1', 'v1a'] });
    for (const { secret } of secrets) expect(() => new Webhook(secret).verify('{"a":"ö"}', headers)).not.toThrow();
    const content = Buffer.concat([utf8(`e:1:0.${headers['webhook-timestamp']}.`), body]);
    const asymmetric = (headers['webhook-signature'] ?? '').split(' ').filter((s) => s.startsWith('v1a,')).map((s) => Buffer.from(s.slice(4), 'base64'));
    const keyOf = (publicKey: string) => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey.slice(5), 'base64').toString('base64url') }, format: 'jwk' });
    expect(secrets.map(({ publicKey }, i) => verify(null, content, keyOf(publicKey), asymmetric[i] ?? Buffer.alloc(0)))).toEqual([true, true]);
  });

  it('secrets - differ by tenant, subscription, version and master key, and stay the same otherwise', () => {
    const of = (tenant_id: string, subscription_id: string, version: number) => book.of({ tenant_id, subscription_id }, version).secret;
    const all = [of('acme', 'claims', 1), of('acme', 'claims', 2), of('acme', 'other', 1), of('globex', 'claims', 1), new SecretBook(new Uint8Array(32)).of(name, 1).secret];
    expect([new Set(all).size, of('acme', 'claims', 1)]).toEqual([5, all[0]]);
  });
});
