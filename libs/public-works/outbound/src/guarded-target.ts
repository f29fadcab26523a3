import { lookup as resolve } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { failure, type ErrorCode } from '@symphainy/contracts';
import { isPublicAddress, type AllowedTargets } from './public-address.js';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

const isAllowed = (url: URL, allowed: AllowedTargets): boolean => allowed.has(`${url.hostname}:${url.port || DEFAULT_PORTS[url.protocol]}`);

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** How a refusal is told: by which code, and of which field. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly field?: string;
}

/** Refuses what can be told from the URL alone: plain http, credentials in it, an address that is not public. */
export function checkTarget(text: string, allowed: AllowedTargets, refusal: Refusal): URL {
  const url = new URL(text);
  const refuse = (message: string): never => {
    throw failure(refusal.code, { message, ...(refusal.field === undefined ? {} : { field: refusal.field }) });
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
export function guardedLookup(url: URL, allowed: AllowedTargets, { code }: Refusal, resolveAll: Resolve = systemResolve): LookupFunction {
  const free = isAllowed(url, allowed);
  return (hostname, options, callback) => {
    resolveAll(hostname).then(
      (found) => {
        const [first] = found;
        if (first === undefined || (!free && found.some(({ address }) => !isPublicAddress(address)))) callback(failure(code, { message: 'the name leads to an address that is not a public one' }) as NodeJS.ErrnoException, '', 0);
        else if (options.all === true) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
  };
}
