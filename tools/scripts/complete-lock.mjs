// Completes package-lock.json after `npm install`: npm leaves out optional packages of other platforms when their
// registry entry is incomplete, and `npm ci` then refuses the lock ("Missing: X from lock file"). Each such package gets the entry
// that npm would have written: version, os, cpu, libc, optional. Entries that are there are never touched.
// Run by `npm run deps:complete-lock`.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const OPERATING_SYSTEMS = ['darwin', 'freebsd', 'android', 'openharmony', 'aix', 'netbsd', 'openbsd', 'sunos'];
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'riscv64', 's390x', 'ppc64', 'loong64'];

/** Where Node would look for `name` from inside the package at `path`, nearest first. */
function* lookupChain(path, name) {
  let directory = path;
  for (;;) {
    yield `${directory === '' ? '' : `${directory}/`}node_modules/${name}`;
    if (directory === '') return;
    const last = directory.lastIndexOf('node_modules/');
    directory = last > 0 ? directory.slice(0, last - 1) : '';
  }
}

/** Platform packages carry their platform in their name: `@scope/tool-linux-x64-musl`. */
function platformOf(name) {
  const words = name.split(/[^a-z0-9]+/i);
  const os = /win32|windows/.test(name) ? 'win32' : (OPERATING_SYSTEMS.find((word) => words.includes(word)) ?? 'linux');
  const cpu = PROCESSORS.find((word) => words.includes(word)) ?? 'x64';
  const libc = os !== 'linux' ? undefined : words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined;
  return { cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }), os: [os] };
}

/** The lock with its missing optional packages added, and their names. */
export function completeLock(lock) {
  const packages = { ...lock.packages };
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if ([...lookupChain(path, name)].some((place) => packages[place] !== undefined)) continue;
      packages[`node_modules/${name}`] = { version: range.replace(/^[\^~=]/, ''), ...platformOf(name), optional: true };
      added.push(name);
    }
  }
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { lock: { ...lock, packages: sorted }, added };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const file = argv[2] ?? 'package-lock.json';
  const { lock, added } = completeLock(JSON.parse(readFileSync(file, 'utf8')));
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length === 0 ? 'the lock is complete' : `added ${added.length} optional packages of other platforms: ${added.join(', ')}`);
}
