import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { failure } from '@symphainy/contracts';

/** Where no webhook goes: private, shared, loopback, link-local (cloud metadata among them), benchmarking, documentation, multicast and reserved addresses (RFC 6890). */
const forbidden = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24],
  ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const) forbidden.addSubnet(net, prefix, 'ipv4');
/** Of IPv6 only global unicast (2000::/3) is reachable, less what embeds or tunnels IPv4 (6to4, Teredo) or documents. */
const globalV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');
for (const [net, prefix] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) forbidden.addSubnet(net, prefix, 'ipv6');

/** Whether a connection may be made to this address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !forbidden.check(address, 'ipv4');
  return family === 6 && globalV6.check(address, 'ipv6') && !forbidden.check(address, 'ipv6');
}

/** `host:port` pairs that development may reach over plain http and at any address. */
export type AllowedTargets = ReadonlySet<string>;

export const parseAllowedTargets = (text: string): AllowedTargets => new Set(text.split(',').map((part) => part.trim().toLowerCase()).filter((part) => part !== ''));

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

const isAllowed = (url: URL, allowed: AllowedTargets): boolean => allowed.has(`${url.hostname}:${url.port || DEFAULT_PORTS[url.protocol]}`);

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** `webhook.target_refused` for what can be told from the URL alone: plain http, credentials in it, an address that is not public. */
export function checkTarget(text: string, allowed: AllowedTargets, field = '/target/url'): URL {
  const url = new URL(text);
  const refuse = (message: string): never => {
    throw failure('webhook.target_refused', { message, field });
  };
  if (url.username !== '' || url.password !== '') refuse('the URL may hold no credentials');
  if (url.hash !== '') refuse('the URL may have no fragment');
  if (isAllowed(url, allowed)) return url;
  if (url.protocol !== 'https:') refuse('the URL must begin with https:');
  if (isIP(bare(url.hostname)) !== 0 && !isPublicAddress(bare(url.hostname))) refuse('the address is not a public one');
  return url;
}

type Resolve = (hostname: string) => Promise<{ address: string; family: number }[]>;
const systemResolve: Resolve = (hostname) => resolve(hostname, { all: true });

/**
 * The name look-up of one connection: the addresses it gives are the ones that were checked, and the connection is made to one of them, so that a name
 * that answers otherwise the next time gains nothing. One address that is not public refuses them all.
 */
export function guardedLookup(url: URL, allowed: AllowedTargets, resolveAll: Resolve = systemResolve): LookupFunction {
  const free = isAllowed(url, allowed);
  return (hostname, options, callback) => {
    resolveAll(hostname).then(
      (found) => {
        const [first] = found;
        if (first === undefined || (!free && found.some(({ address }) => !isPublicAddress(address)))) callback(failure('webhook.target_refused', { message: 'the name leads to an address that is not a public one' }) as NodeJS.ErrnoException, '', 0);
        else if (options.all === true) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
  };
}
