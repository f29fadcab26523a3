import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Where the platform makes no connection for somebody else: private, shared, loopback, link-local (cloud metadata among them), benchmarking, documentation, multicast and reserved addresses (RFC 6890). */
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

type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;
const systemResolve: Resolve = (host) => lookup(host, { all: true });

/**
 * The address to connect to for a host that somebody else named: looked up now, so that a name which answers otherwise the next time gains nothing. Undefined: one of
 * its addresses is not public, and the pair is not allowed. Rejects when the name leads nowhere.
 */
export async function guardedAddress(host: string, port: number, allowed: AllowedTargets, resolveAll: Resolve = systemResolve): Promise<string | undefined> {
  const found = await resolveAll(host);
  const free = allowed.has(`${host.toLowerCase()}:${port}`);
  return free || found.every(({ address }) => isPublicAddress(address)) ? found[0]?.address : undefined;
}
