import { governanceBundle, type GovernanceBundle } from '@symphainy/contracts';
import { diffBundles, tryChanges } from '@symphainy/governance';
import { NegativeAnswer, UsageError, type Command, type Invocation } from '../command.js';
import { objectIn } from '../json-input.js';
import { changesTo, readPolicyFolder } from '../policy-folder.js';
import { readBundle } from './governance.commands.js';

const folder = { prune: { type: 'boolean', summary: 'take out policies and tests that are not in the folder' } } as const;
const offline = { bundle: { type: 'string', value: '<file>', summary: 'as `governance bundles export` wrote it: no platform is asked; default: the bundle in force' } } as const;

const baseOf = async ({ client, text }: Invocation): Promise<GovernanceBundle> => governanceBundle.parse(text('bundle') === undefined ? await readBundle(client()) : objectIn(`@${text('bundle')}`, '--bundle'));

/** The folder's changes on a bundle, tried here with the same code as the platform's. */
async function tried(invocation: Invocation): Promise<ReturnType<typeof tryChanges>> {
  const base = await baseOf(invocation);
  return tryChanges(base, changesTo(readPolicyFolder(invocation.words['folder'] ?? ''), base, invocation.flag('prune')));
}

async function test(invocation: Invocation): Promise<unknown> {
  const { tests } = await tried(invocation);
  if (tests.failures > 0) throw new NegativeAnswer(`${tests.failures} of ${tests.passed + tests.failures} policy tests fail`, tests);
  return tests;
}

async function stage(invocation: Invocation): Promise<unknown> {
  const { client, words, text, flag, signal } = invocation;
  const api = client();
  const changes = changesTo(readPolicyFolder(words['folder'] ?? ''), governanceBundle.parse(await readBundle(api)), flag('prune'));
  if (changes.length === 0) return { staged: false, reason: 'the bundle in force says already what the folder says' };
  const description = text('description');
  return api.governance.submit('stage_bundle', { candidate_id: words['candidate_id'] ?? '', changes: changes as never, ...(description === undefined ? {} : { description }) }, { signal });
}

function rollback({ client, words, text, signal }: Invocation): Promise<unknown> {
  const version = Number(words['version']);
  if (!Number.isInteger(version) || version < 1) throw new UsageError('<version> is a bundle’s version: governance bundles list shows them');
  const reason = text('reason');
  return client().governance.submit('rollback_bundle', { version, ...(reason === undefined ? {} : { reason }) }, { signal });
}

const between = async ({ client, words }: Invocation): Promise<unknown> => {
  const api = client();
  const [from, to] = await Promise.all([readBundle(api, words['from_hash']), readBundle(api, words['to_hash'])]);
  return diffBundles(governanceBundle.parse(from), governanceBundle.parse(to));
};

export const policyCommands: readonly Command[] = [
  { path: 'governance bundles diff', words: ['from_hash', 'to_hash'], summary: 'What differs between two kept bundles', run: between },
  { path: 'governance policies test', words: ['folder'], summary: 'Run the policy tests of a folder, and those in force, under its policies; nothing is changed', options: { ...folder, ...offline }, run: test },
  { path: 'governance policies diff', words: ['folder'], summary: 'What a folder would change', options: { ...folder, ...offline }, run: async (invocation) => (await tried(invocation)).diff },
  { path: 'governance policies stage', words: ['candidate_id', 'folder'], summary: 'Stage a folder’s changes as a candidate', options: { ...folder, description: { type: 'string', value: '<words>', summary: 'what it is for' } }, run: stage },
  { path: 'governance policies promote', words: ['candidate_id'], summary: 'Put a candidate in force at every runtime; refused while a policy test fails', run: ({ client, words, signal }) => client().governance.submit('promote_bundle', words, { signal }) },
  { path: 'governance policies discard', words: ['candidate_id'], summary: 'Take a staged candidate away', run: ({ client, words, signal }) => client().governance.submit('discard_candidate', words, { signal }) },
  { path: 'governance policies what-if', words: ['candidate_id'], summary: 'Which recorded intents of the caller’s tenant a candidate would decide otherwise', options: { from: { type: 'string', value: '<time>', summary: 'RFC 3339; default: from the beginning' }, to: { type: 'string', value: '<time>', summary: 'default: up to now' } }, run: ({ client, words, text }) => client().evidence.redecide({ candidate: { candidate_id: words['candidate_id'] ?? '' }, ...(text('from') === undefined ? {} : { from: text('from')! }), ...(text('to') === undefined ? {} : { to: text('to')! }) }) },
  { path: 'governance rollback', words: ['version'], summary: 'Make a new bundle with what a kept one said', options: { reason: { type: 'string', value: '<words>', summary: 'recorded with the change' } }, run: rollback },
];
