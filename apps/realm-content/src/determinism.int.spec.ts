import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const samples = join(__dirname, '..', '..', '..', 'samples');
const dist = join(__dirname, '..', 'dist');

/** Reads every sample as the steps do, in the order asked for, and prints a hash of each artifact. */
const SCRIPT = `
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const [samples, dist, ...names] = process.argv.slice(1);
const { read } = require(join(dist, 'reading-work.js'));
const { identify } = require(join(dist, 'services/identify/identify.js'));
const { factsOf } = require(join(dist, 'services/facts/facts.js'));
const { embed } = require(join(dist, 'services/embed/embed.js'));
const { hashedEmbedder: embedder } = require(require.resolve('@symphainy/embeddings', { paths: [dist] }));
const { rewriteRecords } = require(join(dist, 'rewrite-records.js'));
const { parseMainframe } = require(join(dist, 'services/mainframe/parse-mainframe.js'));
const hash = (value) => createHash('sha256').update(value).digest('hex').slice(0, 16);
const hashes = {};
(async () => {
  for (const name of names) {
    const bytes = readFileSync(join(samples, name));
    if (name.endsWith('.ebcdic')) {
      const copybook = readFileSync(join(samples, 'policy-master.cpy'));
      const { document, layout } = await parseMainframe(bytes, copybook, {});
      hashes[name] = [hash(JSON.stringify(document)), hash(JSON.stringify(layout)), hash((await rewriteRecords(copybook.toString(), bytes)).bytes)];
      continue;
    }
    const { kind } = await identify({ bytes, filename: name, copybook: false });
    const parsed = await read({ task: 'parse', kind, bytes, options: {} }, () => undefined);
    const { json } = await read({ task: 'normalise', bytes: parsed.json }, () => undefined);
    const document = JSON.parse(Buffer.from(json).toString('utf8'));
    hashes[name] = [hash(parsed.json), hash(json), hash(JSON.stringify(await factsOf(document))), hash(JSON.stringify(await embed(document, { embedder, signal: new AbortController().signal })))];
  }
  process.stdout.write(JSON.stringify(hashes));
})().catch((error) => { process.stderr.write(String(error && error.stack)); process.exit(1); });
`;

const NAMES = ['permit.pdf', 'after-action.docx', 'spreadsheet.xlsx', 'policy-master.ebcdic', 'bypass-test-notice.eml'];

/** The machine as another might be set up. */
async function hashesOn(machine: Record<string, string>, names: readonly string[]): Promise<Record<string, string[]>> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', SCRIPT, samples, dist, ...names], { env: { PATH: process.env['PATH'] ?? '', ...machine }, cwd: '/', maxBuffer: 1024 * 1024 });
  return JSON.parse(stdout) as Record<string, string[]>;
}

describe('the same file on two machines - the same bytes in every artifact', () => {
  it('whatever their time zone, language and order of work', async () => {
    const one = await hashesOn({ TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }, NAMES);
    const other = await hashesOn({ TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C' }, NAMES.toReversed());
    expect(Object.keys(one)).toHaveLength(NAMES.length);
    expect(Object.fromEntries(NAMES.map((name) => [name, other[name]]))).toEqual(one);
  }, 120_000);
});
