import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mintApiKey, readSigningKey } from '@symphainy/governance';

/** An API key of the local platform, as its holder uses it. */
export interface LocalApiKey {
  readonly key_id: string;
  readonly tenant_id: string;
  readonly user_id: string;
  readonly key: string;
  readonly key_hash: string;
}

/** Every secret of a local platform: random, made once per data directory. */
export interface Secrets {
  /** HMAC key of execution tokens and object tickets, hex. */
  readonly token_key: string;
  /** Key that the keys of data subjects are wrapped under, hex. Whoever loses it loses all personal data. */
  readonly personal_data_key: string;
  /** Ed25519 private key (PEM) that signs bundles, and its public key with its id. */
  readonly bundle_signing_key: string;
  readonly bundle_public_keys: string;
  /** Ed25519 private key (PEM) that signs checkpoints and exported evidence, and its public key with its id. */
  readonly checkpoint_signing_key: string;
  readonly checkpoint_public_keys: string;
  /** Key from which the runtime's database roles get their passwords, hex. */
  readonly database_key: string;
  /** Passwords by name (Smart City's database role, bus users, Redis). */
  readonly passwords: Readonly<Record<string, string>>;
  readonly api_keys: readonly LocalApiKey[];
}

/** People of the sample tenants that get an API key at first start. */
const LOCAL_PEOPLE = [
  { key_id: 'alice', tenant_id: 'acme', user_id: 'alice' },
  { key_id: 'bob', tenant_id: 'acme', user_id: 'bob' },
  { key_id: 'gina', tenant_id: 'globex', user_id: 'gina' },
  // Whoever runs the platform: issues and revokes keys, reads what was refused at its door.
  { key_id: 'admin', tenant_id: 'platform', user_id: 'admin' },
] as const;

const PASSWORD_NAMES = [
  'symphainy_city', 'experience-gateway', 'runtime', 'smart-city', 'realm-content', 'realm-insights', 'realm-journey', 'realm-solution', 'realm-bench', 'redis', 'redis-operator',
] as const;

/** Reads the secrets of a data directory, making them (file mode 0600) the first time. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = join(dataDir, 'secrets.json');
  await mkdir(dataDir, { recursive: true });
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const known = kept === undefined ? {} : (JSON.parse(kept) as Partial<Secrets>);
  // What an earlier version did not make yet is made now; what is there stays.
  const fresh = makeSecrets();
  const made = { ...fresh, ...known, passwords: { ...fresh.passwords, ...known.passwords } };
  if (Object.keys(fresh).every((name) => name in known) && Object.keys(fresh.passwords).every((name) => name in (known.passwords ?? {}))) return made;
  await writeFile(`${file}.new`, JSON.stringify(made, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made;
}

export function makeSecrets(): Secrets {
  const [bundles, checkpoints] = [makeSigningKey(), makeSigningKey()];
  return {
    token_key: randomBytes(32).toString('hex'),
    personal_data_key: randomBytes(32).toString('hex'),
    database_key: randomBytes(32).toString('hex'),
    bundle_signing_key: bundles.privateKey,
    bundle_public_keys: bundles.publicKeys,
    checkpoint_signing_key: checkpoints.privateKey,
    checkpoint_public_keys: checkpoints.publicKeys,
    passwords: Object.fromEntries(PASSWORD_NAMES.map((name) => [name, randomBytes(24).toString('base64url')])),
    api_keys: LOCAL_PEOPLE.map((person) => {
      const { text, hash } = mintApiKey(person.key_id, randomBytes(32));
      return { ...person, key: text, key_hash: hash };
    }),
  };
}

function makeSigningKey(): { privateKey: string; publicKeys: string } {
  const privateKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { keyId, publicKey } = readSigningKey(privateKey);
  return { privateKey, publicKeys: `${keyId}=${publicKey}` };
}
