import { constants, generateKeyPairSync, createDecipheriv, privateDecrypt, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNTIME_ROLES, rolePassword } from '@symphainy/store-postgres';
import { LEAST_FORM, type Secret } from './secret-search.js';
import type { Target } from './target.js';

const HEX_KEY = /^[0-9a-f]{64}$/;
const BEGINNING = /^-----BEGIN/;

/** The part of a value that is secret: of a URL its password, of a PEM file the key's own line. */
function heart(value: string): string {
  if (BEGINNING.test(value)) return value.split('\n').filter((line) => !/^-----|^$/.test(line)).sort((a, b) => b.length - a.length)[0]!;
  return /^\w+:\/\//.test(value) ? decodeURIComponent(new URL(value).password) : value;
}

/** As text, and as the other ways bytes are written. */
function secret(name: string, value: string): Secret {
  const text = heart(value);
  const bytes = HEX_KEY.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text);
  return { name, forms: [...new Set([text, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), encodeURIComponent(text)])].filter((form) => form.length >= LEAST_FORM) };
}

/** Variables that the services' env contracts mark as secret, by the reference that is generated from them. */
export function secretVariables(root: string): ReadonlySet<string> {
  const rows = readFileSync(join(root, 'docs', 'reference', 'env.md'), 'utf8').matchAll(/^\|[^|]*\| `([A-Z_]+)` \|[^|]*(?:\\\|[^|]*)*\|[^|]*\| yes \|/gm);
  return new Set([...rows].map(([, name]) => name!));
}

/** Every secret that the platform under attack knows: as its services were given them, as they follow from those, and as the platform hands them out. */
export async function inventory(target: Target, services: readonly string[]): Promise<Secret[]> {
  return [...ofServices(target, services), ...ofFiles(target), ...ofRoles(target), ...(await handedOut(target))];
}

function ofServices({ stack, root }: Target, services: readonly string[]): Secret[] {
  const names = secretVariables(root);
  return services.flatMap((service) => {
    const environ = readFileSync(`/proc/${stack.pidOf(service)}/environ`, 'utf8').split('\0').map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    return environ.filter(([name, value]) => names.has(name) && heart(value) !== '').map(([name, value]) => secret(`${service}’s ${name}`, value));
  });
}

function ofFiles({ dataDir, secrets }: Target): Secret[] {
  const keys = ['nats', 'postgres', 'redis'].map((server) => secret(`${server}’s TLS key`, readFileSync(join(dataDir, 'tls', `${server}.key`), 'utf8')));
  const passwords = Object.entries(secrets.passwords).map(([name, value]) => secret(`the password ${name}`, value));
  return [...keys, ...passwords, ...secrets.api_keys.map(({ key_id, key }) => secret(`the API key ${key_id}`, key))];
}

const ofRoles = ({ secrets }: Target): Secret[] => RUNTIME_ROLES.map((role) => secret(`the database password of the role ${role}`, rolePassword(Buffer.from(secrets.database_key, 'hex'), `symphainy_runtime_${role}`)));

/** Presented and refused: an issuer's token, which would be good elsewhere. */
export const REFUSED_TOKEN = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.${Buffer.from('a signature that nobody is to read in a log').toString('base64url')}`;

/** What the platform makes and shows once to one caller: a key issued over REST, a webhook's secret, the token of a step in a realm's hands. */
async function handedOut(target: Target): Promise<Secret[]> {
  const admin = target.unheard('admin');
  const issued = await admin.call('POST', '/v1/keys', { user_id: 'gina', tenant_id: 'globex', key_id: 'told_once' });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const subscribed = await admin.call('POST', '/v1/governance/subscribe', { tenant_id: 'globex', subscription_id: 'told-once', target: { kind: 'webhook', url: target.bouncer.url }, secret_for: publicKey.export({ format: 'jwk' }) });
  return [
    secret('a token that was refused', REFUSED_TOKEN.slice(REFUSED_TOKEN.lastIndexOf('.') + 1)),
    secret('a key issued over REST', String(issued.body['api_key']).replace(/^sk_told_once_/, '')),
    secret('a webhook’s secret', opened(String((subscribed.body['output'] as { secret: string }).secret), privateKey).replace(/^whsec_/, '')),
    ...target.realm.tokens.map((token, n) => secret(`the token of step ${n + 1} in the realm’s hands`, token.slice(token.lastIndexOf('.') + 1))),
  ];
}

/** RFC 7516: a compact JWE under RSA-OAEP-256 and A256GCM. */
function opened(jwe: string, key: KeyObject): string {
  const [header, wrapped, iv, text, tag] = jwe.split('.') as [string, string, string, string, string];
  const content = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, Buffer.from(wrapped, 'base64url'));
  const cipher = createDecipheriv('aes-256-gcm', content, Buffer.from(iv, 'base64url')).setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([cipher.update(Buffer.from(text, 'base64url')), cipher.final()]).toString();
}
