import type { LookupAddress } from 'node:dns';
import { checkTarget, guardedLookup } from './guarded-target.js';
import { isPublicAddress, parseAllowedTargets } from './public-address.js';

const none = parseAllowedTargets('');
const refusal = { code: 'webhook.target_refused', field: '/target/url' } as const;

/** What a connection to the URL would be made to, when its name leads to these addresses. */
const lookedUp = (addresses: string[], allowed = none, url = 'https://hooks.example/'): Promise<string> =>
  new Promise((resolve) => {
    const found: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    guardedLookup(new URL(url), allowed, refusal, () => Promise.resolve(found))('hooks.example', { all: true }, (error, given) => resolve(error === null ? (given as LookupAddress[]).map((a) => a.address).join() : error.message));
  });

describe('where an outbound connection may go', () => {
  it.each(['10.1.2.3', '127.0.0.1', '169.254.169.254', '172.20.0.1', '192.168.1.1', '100.100.100.200', '0.0.0.0', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00:ec2::254', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1', '2002:7f00:1::', '2001:0::1', '2001:db8::1', 'not an address'])('%s - is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111'])('%s - is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    'http://hooks.example/', 'https://user:pass@hooks.example/', 'https://127.0.0.1/', 'https://[::1]/', 'https://[::ffff:169.254.169.254]/', 'https://2130706433/', 'https://0x7f.1/', 'https://0177.0.0.1/', 'https://hooks.example/#part',
  ])('%s - is refused from the URL alone', (url) => {
    expect(() => checkTarget(url, none, refusal)).toThrow(expect.objectContaining({ code: 'webhook.target_refused', field: '/target/url' }) as Error);
  });

  it('a name that leads to one private address among public ones - is refused, at every connection anew', async () => {
    expect([await lookedUp(['93.184.216.34']), await lookedUp(['93.184.216.34', '10.0.0.1']), await lookedUp(['::1']), await lookedUp([])]).toEqual(['93.184.216.34', ...Array.from({ length: 3 }, () => expect.stringContaining('not a public one') as string)]);
  });

  it('a pair that is allowed for development - is reached over http and at loopback; another port of the host is not', async () => {
    const allowed = parseAllowedTargets('localhost:8080, 127.0.0.1:9');
    expect([checkTarget('http://localhost:8080/a', allowed, refusal).port, await lookedUp(['127.0.0.1'], allowed, 'http://localhost:8080/')]).toEqual(['8080', '127.0.0.1']);
    expect(() => checkTarget('http://localhost:8081/', allowed, refusal)).toThrow('must begin with https');
  });
});
