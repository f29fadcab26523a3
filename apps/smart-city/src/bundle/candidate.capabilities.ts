import { bundleChange, bundleDiff, candidate, changeableLists, dataContract, failure, keyInList, words, type BundleChange, type Candidate, type StateChange } from '@symphainy/contracts';
import { canonicalJson, type Json } from '@symphainy/kernel';
import { defineCapability, task, type CapabilityDefinition, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { requirePlatform } from '../city-manager/platform-tenant.js';
import { requireContract, requireNextVersion } from '../data-steward/contract-versions.js';
import { governedTask } from '../governed-task.js';
import { kindOfList, parseEntry, put } from './catalogue.js';
import { changeRule, recordedChange } from './governed-change.js';

/** What the Runtime answers of changes: it holds the bundle in force, so it is asked (and the asking is recorded). */
const tried = candidate.pick({ base: true, changes: true, tests: true }).extend({ changes: z.array(bundleChange), diff: bundleDiff });
type Tried = z.infer<typeof tried>;
const output = tried.omit({ changes: true }).extend({ recorded: z.array(z.string()) });

const candidateRule = changeRule<Candidate | null>({
  name: 'candidate',
  value: candidate.nullable(),
  apply: (_, key, value) => (value === null ? { kind: 'candidate', key, value: undefined } : put('candidate', value)),
});

/** One promoted change of a list; its key is `<list>/<key of the entry>`. */
const promotedRule = changeRule<Json>({
  name: 'promoted',
  value: words.json,
  apply: (_, at, value) => {
    const [list, key] = [at.slice(0, at.indexOf('/')), at.slice(at.indexOf('/') + 1)];
    const kind = kindOfList(list);
    if (kind === undefined) throw failure('governance.invalid', { message: `the catalogue has no list ${list}`, field: '/key' });
    return value === null ? { kind, key, value: undefined } : put(kind, parseEntry(kind, value));
  },
});

const promoted = (changes: readonly BundleChange[]): StateChange[] =>
  changes.map(({ list, put: entry, remove }) => recordedChange<Json>(promotedRule, `${list}/${remove ?? keyInList(list, entry)}`, entry ?? null));

const ask = async <P>(step: StepTask<P>, request: object): Promise<Tried> => tried.parse(await step.tool('governance.candidate', request as { [key: string]: Json }));

/** A contract that a candidate puts is held to what one that is put by itself is held to. */
async function requireContracts<P>(step: StepTask<P>, changes: readonly BundleChange[]): Promise<void> {
  for (const [i, { list, put: entry }] of changes.entries()) {
    if (list !== 'data_contracts' || entry === undefined) continue;
    const offered = dataContract.parse(entry);
    requireContract(offered);
    const standing = await step.tool('governance.entry', { list, key: keyInList(list, entry) });
    requireNextVersion(dataContract.nullable().parse(standing) ?? undefined, offered, `/changes/${i}/put`);
  }
}

function requireTests({ tests }: Tried): void {
  if (tests.failures === 0) return;
  const [first] = tests.failed;
  throw failure('governance.tests_failed', { message: `${tests.failures} of ${tests.passed + tests.failures} policy tests fail, ${first?.name}: expected ${first?.expected}, found ${first?.found}`, details: { failed: tests.failed } });
}

/** Like a governed task, but what it records depends on the bundle in force, which it asks the Runtime for. */
const bundleTask = <I extends z.ZodObject>(options: { readonly intent: string; readonly description: string; readonly input: I; readonly work: (step: StepTask<z.infer<I>>) => Promise<{ tried: Tried; changes: StateChange[] }> }): CapabilityDefinition =>
  defineCapability({
    ...options, version: '1.0.0', determinism: 'deterministic', output, tools: ['governance.candidate', 'governance.entry'],
    saga: [
      task<z.infer<I>>('record', async (step) => {
        requirePlatform(step.context.tenant_id);
        const { tried: { base, diff, tests }, changes } = await options.work(step);
        return { output: { base, diff, tests, recorded: changes.map((change) => change.key) } as unknown as Json, state_changes: changes };
      }, { timeoutMs: 30_000 }),
    ],
  });

const { candidate_id, description } = candidate.shape;
const reason = z.string().max(500).optional();

const stageBundle = bundleTask({
  intent: 'governance.stage_bundle',
  description: 'Stages many changes at once as a candidate, checks them, and runs the policy tests under them. Staging again under the same id replaces it. Nothing is in force by it.',
  input: z.object({ candidate_id, description, changes: candidate.shape.changes }),
  work: async (step) => {
    const { payload, context } = step;
    const found = await ask(step, { changes: payload.changes });
    await requireContracts(step, found.changes);
    const entry: Candidate = { ...payload, changes: found.changes, staged_by: `${context.tenant_id}/${context.user_id}`, base: found.base, tests: found.tests };
    return { tried: found, changes: [recordedChange(candidateRule, payload.candidate_id, JSON.parse(canonicalJson(entry)) as Candidate)] };
  },
});

const discardCandidate = governedTask({
  intent: 'governance.discard_candidate',
  description: 'Takes a staged candidate away.',
  input: z.object({ candidate_id, reason }),
  removes: (payload) => ({ list: 'candidates', key: payload.candidate_id, field: '/candidate_id' }),
  changes: (payload, context) => {
    requirePlatform(context.tenant_id);
    return [recordedChange(candidateRule, payload.candidate_id, null)];
  },
});

const promoteBundle = bundleTask({
  intent: 'governance.promote_bundle',
  description: 'Puts a staged candidate in force, all of it in one bundle version. Refused while a policy test fails under it.',
  input: z.object({ candidate_id, reason }),
  work: async (step) => {
    const found = await ask(step, { candidate_id: step.payload.candidate_id });
    requireTests(found);
    await requireContracts(step, found.changes);
    return { tried: found, changes: [...promoted(found.changes), recordedChange(candidateRule, step.payload.candidate_id, null)] };
  },
});

const rollbackBundle = bundleTask({
  intent: 'governance.rollback_bundle',
  description: 'Makes a new bundle version with what a kept one said of every list that candidates may change (or of the lists named). Capabilities are registered by realms and stay; so do grants, holds, classes of single artifacts, versions of schemas, and the platform’s own entries.',
  input: z.object({ version: z.number().int().min(1).optional(), hash: words.sha256Digest.optional(), lists: z.array(z.enum(changeableLists)).min(1).optional(), reason }),
  work: async (step) => {
    const { version, hash, lists } = step.payload;
    if ((version === undefined) === (hash === undefined)) throw failure('governance.invalid', { message: 'name the bundle to go back to by its version, or by its hash', field: '/version' });
    const found = await ask(step, { back_to: version === undefined ? { hash } : { version }, ...(lists === undefined ? {} : { lists }) });
    return { tried: found, changes: promoted(found.changes) };
  },
});

/** How many changes become one bundle: staged, promoted, rolled back. */
export const candidateCapabilities = [stageBundle, discardCandidate, promoteBundle, rollbackBundle];
export const candidateRules = [candidateRule, promotedRule];
