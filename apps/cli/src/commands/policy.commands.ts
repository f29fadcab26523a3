import { bundleChange, changeableLists, governanceBundle, type BundleChange, type GovernanceBundle } from '@symphainy/contracts';
import { diffBundles, tryChanges } from '@symphainy/governance';
import { parse } from 'yaml';
import { NegativeAnswer, UsageError, type Command, type Invocation } from '../command.js';
import { objectIn } from '../json-input.js';
import { changesTo, readPolicyFolder } from '../policy-folder.js';
import { readText } from '../settings.js';
import { readBundle } from './governance.commands.js';

const folder = { prune: { type: 'boolean', summary: 'take out policies and tests that are not in the folder' } } as const;
const offline = { bundle: { type: 'string', value: '<file>', summary: 'as `governance bundles export` wrote it: no platform is asked; default: the bundle in force' } } as const;

const baseOf = async ({ client, text }: Invocation): Promise<GovernanceBundle> => governanceBundle.parse(text('bundle') === undefined ? await readBundle(client()) : objectIn(`@${text('bundle')}`, '--bundle'));

/** What a candidate would change of a bundle. */
type ChangesOf = (invocation: Invocation, base: GovernanceBundle) => readonly BundleChange[];

const ofFolder: ChangesOf = ({ words, flag }, base) => changesTo(readPolicyFolder(words['folder'] ?? ''), base, flag('prune'));

/** A file of changes of any lists, as `governance.stage_bundle` takes them: JSON, or YAML. */
const ofFile: ChangesOf = ({ words }) => {
  const file = words['changes'] ?? '';
  const read = bundleChange.array().min(1).safeParse(parse(readText(file, '<changes>')));
  if (read.success) return read.data;
  throw new UsageError(`${file}: /${read.error.issues[0]?.path.join('/') ?? ''}: ${read.error.issues[0]?.message ?? 'not a list of changes'}`);
};

/** The changes on a bundle, tried here with the same code as the platform's. */
async function tried(invocation: Invocation, changes: ChangesOf): Promise<ReturnType<typeof tryChanges>> {
  const base = await baseOf(invocation);
  return tryChanges(base, changes(invocation, base));
}

const test = (changesOf: ChangesOf) => async (invocation: Invocation): Promise<unknown> => {
  const { tests } = await tried(invocation, changesOf);
  if (tests.failures > 0) throw new NegativeAnswer(`${tests.failures} of ${tests.passed + tests.failures} policy tests fail`, tests);
  return tests;
};

const stage = (changesOf: ChangesOf) => async (invocation: Invocation): Promise<unknown> => {
  const { client, words, text, signal } = invocation;
  const api = client();
  const changes = changesOf(invocation, governanceBundle.parse(await readBundle(api)));
  if (changes.length === 0) return { staged: false, reason: 'the bundle in force says already what is asked for' };
  const description = text('description');
  return api.governance.submit('stage_bundle', { candidate_id: words['candidate_id'] ?? '', changes: changes as never, ...(description === undefined ? {} : { description }) }, { signal });
};

function rollback({ client, words, text, signal }: Invocation): Promise<unknown> {
  const version = Number(words['version']);
  if (!Number.isInteger(version) || version < 1) throw new UsageError('<version> is a bundle’s version: governance bundles list shows them');
  const [why, lists] = [text('reason'), text('lists')?.split(',').map((list) => list.trim())];
  return client().governance.submit('rollback_bundle', { version, ...(lists === undefined ? {} : { lists }), ...(why === undefined ? {} : { reason: why }) }, { signal });
}

const between = async ({ client, words }: Invocation): Promise<unknown> => {
  const api = client();
  const [from, to] = await Promise.all([readBundle(api, words['from_hash']), readBundle(api, words['to_hash'])]);
  return diffBundles(governanceBundle.parse(from), governanceBundle.parse(to));
};

const reason = { reason: { type: 'string', value: '<words>', summary: 'recorded with the change, and told with the version' } } as const;
const description = { description: { type: 'string', value: '<words>', summary: 'what it is for' } } as const;
const period = { from: { type: 'string', value: '<time>', summary: 'RFC 3339; default: from the beginning' }, to: { type: 'string', value: '<time>', summary: 'default: up to now' } } as const;

const promote = ({ client, words, text, signal }: Invocation): Promise<unknown> => client().governance.submit('promote_bundle', { ...words, ...(text('reason') === undefined ? {} : { reason: text('reason')! }) }, { signal });
const discard = ({ client, words, signal }: Invocation): Promise<unknown> => client().governance.submit('discard_candidate', words, { signal });
const whatIf = ({ client, words, text }: Invocation): Promise<unknown> =>
  client().evidence.redecide({ candidate: { candidate_id: words['candidate_id'] ?? '' }, ...(text('from') === undefined ? {} : { from: text('from')! }), ...(text('to') === undefined ? {} : { to: text('to')! }) });

/** What can be done with a candidate, whatever its changes came from. */
const handling = (group: string): readonly Command[] => [
  { path: `governance ${group} promote`, words: ['candidate_id'], summary: 'Put a candidate in force at every runtime; refused while a policy test fails', options: reason, run: promote },
  { path: `governance ${group} discard`, words: ['candidate_id'], summary: 'Take a staged candidate away', run: discard },
  { path: `governance ${group} what-if`, words: ['candidate_id'], summary: 'Which recorded intents of the caller’s tenant a candidate would decide otherwise', options: period, run: whatIf },
];

export const policyCommands: readonly Command[] = [
  { path: 'governance bundles diff', words: ['from_hash', 'to_hash'], summary: 'What differs between two kept bundles', run: between },
  { path: 'governance policies test', words: ['folder'], summary: 'Run the policy tests of a folder, and those in force, under its policies; nothing is changed', options: { ...folder, ...offline }, run: test(ofFolder) },
  { path: 'governance policies diff', words: ['folder'], summary: 'What a folder would change', options: { ...folder, ...offline }, run: async (invocation) => (await tried(invocation, ofFolder)).diff },
  { path: 'governance policies stage', words: ['candidate_id', 'folder'], summary: 'Stage a folder’s changes as a candidate', options: { ...folder, ...description }, run: stage(ofFolder) },
  ...handling('policies'),
  { path: 'governance candidates test', words: ['changes'], summary: 'Run the policy tests under a file of changes of any lists; nothing is changed', options: offline, run: test(ofFile) },
  { path: 'governance candidates diff', words: ['changes'], summary: 'What a file of changes would change', options: offline, run: async (invocation) => (await tried(invocation, ofFile)).diff },
  { path: 'governance candidates stage', words: ['candidate_id', 'changes'], summary: 'Stage a file of changes of any lists as a candidate', options: description, run: stage(ofFile) },
  ...handling('candidates'),
  { path: 'governance rollback', words: ['version'], summary: 'Make a new bundle with what a kept one said', options: { lists: { type: 'string', value: '<a,b>', summary: `of these only; default: ${changeableLists.join(', ')}` }, ...reason }, run: rollback },
];
