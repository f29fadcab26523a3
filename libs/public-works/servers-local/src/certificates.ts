import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';

/** What a server needs to speak TLS, and its clients to know it: paths of PEM files. */
export interface TlsFiles {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** The same as text. */
export interface TlsMaterial {
  readonly ca: string;
  /** By server name. */
  readonly servers: Readonly<Record<string, { readonly certificate: string; readonly key: string }>>;
}

const DAY_MS = 24 * 3_600_000;
const VALID_MS = 730 * DAY_MS;
/** Renewed at the first start within so long of its end. */
const RENEW_MS = 60 * DAY_MS;
const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

type KeyPair = Awaited<ReturnType<typeof makeKeys>>;
const makeKeys = () => webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);

/**
 * A certificate authority and one certificate per server, each for the given DNS names and, besides, 127.0.0.1 and localhost. The
 * authority's key signs these and is forgotten: nothing that is kept can sign another.
 */
export async function makeCertificates(servers: Readonly<Record<string, readonly string[]>>, now: number): Promise<TlsMaterial> {
  const authority = await makeKeys();
  const times = { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + VALID_MS) };
  const subject = 'CN=Symphainy servers';
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: subject, keys: authority, signingAlgorithm: SIGNATURE, ...times,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)],
  });
  const issued = await Promise.all(Object.entries(servers).map(async ([name, dnsNames]) => [name, await issue({ name, dnsNames, issuer: subject, authority, times })] as const));
  return { ca: pem(ca), servers: Object.fromEntries(issued) };
}

interface Request {
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly issuer: string;
  readonly authority: KeyPair;
  readonly times: { readonly notBefore: Date; readonly notAfter: Date };
}

async function issue({ name, dnsNames, issuer, authority, times }: Request): Promise<{ certificate: string; key: string }> {
  const keys = await makeKeys();
  const names = ['localhost', ...dnsNames].map((value) => ({ type: 'dns' as const, value }));
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${name}`, issuer, publicKey: keys.publicKey, signingKey: authority.privateKey, signingAlgorithm: SIGNATURE, ...times,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([...names, { type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const key = createPrivateKey({ key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)), format: 'der', type: 'pkcs8' });
  return { certificate: pem(certificate), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;

/** The certificates kept in a directory (mode 0700, keys 0600): made at first use, and anew when they would end soon or a server is missing. */
export async function keepCertificates<S extends string>(directory: string, servers: readonly S[], now: number): Promise<Readonly<Record<S, TlsFiles>>> {
  const files = Object.fromEntries(servers.map((name) => [name, { caFile: join(directory, 'ca.pem'), certificateFile: join(directory, `${name}.pem`), keyFile: join(directory, `${name}.key`) }])) as Record<S, TlsFiles>;
  if (!(await serve(Object.values<TlsFiles>(files), now))) await write(directory, await makeCertificates(Object.fromEntries(servers.map((name) => [name, []])), now));
  return files;
}

async function serve(files: readonly TlsFiles[], now: number): Promise<boolean> {
  const good = await Promise.all(files.map(({ caFile, certificateFile, keyFile }) => Promise.all([stillGood(caFile, now), stillGood(certificateFile, now), readFile(keyFile).then(() => true, () => false)])));
  return good.flat().every(Boolean);
}

const stillGood = (file: string, now: number): Promise<boolean> =>
  readFile(file, 'utf8').then(
    (text) => new X509Certificate(text).notAfter.getTime() > now + RENEW_MS,
    () => false,
  );

/** All or nothing: written beside, then renamed. */
async function write(directory: string, { ca, servers }: TlsMaterial): Promise<void> {
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await writeFile(join(draft, 'ca.pem'), ca);
  for (const [name, { certificate, key }] of Object.entries(servers)) {
    await writeFile(join(draft, `${name}.pem`), certificate);
    await writeFile(join(draft, `${name}.key`), key, { mode: 0o600 });
  }
  await rm(directory, { recursive: true, force: true });
  await rename(draft, directory);
}
