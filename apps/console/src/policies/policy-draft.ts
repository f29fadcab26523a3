/**
 * What somebody is writing: policies and tests that are to differ from the bundle in force. Each policy is a file `<id>.cedar`; the tests that name it first
 * among their deciding policies stand beside it in `<id>.tests.yaml`, all others in `general.tests.yaml`. Pure.
 */
import type { BundleChange, CedarPolicy, Json, PolicyTest } from '@symphainy/contracts';
import { testsAsText } from './test-file.js';

export interface DraftPolicy {
  readonly id: string;
  readonly role: CedarPolicy['role'];
  readonly text: string;
}

/** Edits by file name, over what the bundle says; `null`: the file is to go. */
export interface Draft {
  readonly policies: Readonly<Record<string, DraftPolicy | null>>;
  /** Text of test files as typed. */
  readonly tests: Readonly<Record<string, string>>;
}

export interface Base {
  readonly policies: readonly (CedarPolicy & { readonly standing: boolean })[];
  readonly tests: readonly PolicyTest[];
}

export const emptyDraft: Draft = { policies: {}, tests: {} };
export const GENERAL = 'general';

export type DraftFile =
  | { readonly kind: 'policy'; readonly name: string; readonly state: FileState; readonly standing: boolean; readonly policy: DraftPolicy }
  | { readonly kind: 'tests'; readonly name: string; readonly state: FileState; readonly of: string; readonly text: string };
export type FileState = 'same' | 'new' | 'changed' | 'gone';

/** Which file a test stands in: that of the policy it names first. */
export const fileOfTest = ({ expect }: PolicyTest): string => expect.policies?.[0] ?? GENERAL;

const baseTests = (base: Base, of: string): readonly PolicyTest[] => base.tests.filter((test) => fileOfTest(test) === of);

/** Every file, policies by id with their tests after them; general tests last. */
export function filesOf(base: Base, draft: Draft): readonly DraftFile[] {
  const ids = [...new Set([...base.policies.map(({ id }) => id), ...Object.keys(draft.policies)])].sort();
  const strays = [...new Set([...base.tests.map(fileOfTest), ...Object.keys(draft.tests)])].filter((of) => of !== GENERAL && !ids.includes(of)).sort();
  return [...ids.flatMap((id) => [policyFile(base, draft, id), ...testFiles(base, draft, id)]), ...[...strays, GENERAL].flatMap((of) => testFiles(base, draft, of, of === GENERAL))];
}

function policyFile(base: Base, draft: Draft, id: string): DraftFile {
  const present = base.policies.find((policy) => policy.id === id);
  const edited = draft.policies[id];
  const policy = edited ?? present ?? { id, role: 'security_guard' as const, text: '' };
  return { kind: 'policy', name: `${id}.cedar`, standing: present?.standing ?? false, policy: { id, role: policy.role, text: policy.text }, state: stateOf(present, edited) };
}

function stateOf(present: CedarPolicy | undefined, edited: DraftPolicy | null | undefined): FileState {
  if (edited === null) return 'gone';
  if (present === undefined) return 'new';
  return edited === undefined || (edited.text === present.text && edited.role === present.role) ? 'same' : 'changed';
}

function testFiles(base: Base, draft: Draft, of: string, always = false): readonly DraftFile[] {
  const present = baseTests(base, of);
  const typed = draft.tests[of];
  if (present.length === 0 && typed === undefined && !always) return [];
  const original = testsAsText(present);
  const state: FileState = typed === undefined || typed === original ? 'same' : present.length === 0 ? 'new' : 'changed';
  return [{ kind: 'tests', name: `${of}.tests.yaml`, of, text: typed ?? original, state }];
}

export const withPolicy = (draft: Draft, policy: DraftPolicy): Draft => ({ ...draft, policies: { ...draft.policies, [policy.id]: policy } });
export const withoutPolicy = (draft: Draft, base: Base, id: string): Draft => (base.policies.some((policy) => policy.id === id) ? { ...draft, policies: { ...draft.policies, [id]: null } } : { ...draft, policies: omit(draft.policies, id) });
export const withTests = (draft: Draft, of: string, text: string): Draft => ({ ...draft, tests: { ...draft.tests, [of]: text } });
/** The file as the bundle has it. */
export const reverted = (draft: Draft, file: DraftFile): Draft => (file.kind === 'policy' ? { ...draft, policies: omit(draft.policies, file.policy.id) } : { ...draft, tests: omit(draft.tests, file.of) });

const omit = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> => Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

/** Where a change came from, for a refusal that names it by its place. */
export interface DraftChange {
  readonly change: BundleChange;
  readonly file: string;
}

/** What makes the bundle say what the draft says. `tests`: what the edited test files hold, by the file. */
export function changesOf(base: Base, draft: Draft, tests: ReadonlyMap<string, readonly PolicyTest[]>): readonly DraftChange[] {
  const policies = Object.entries(draft.policies).flatMap(([id, edited]): DraftChange[] => {
    const present = base.policies.find((policy) => policy.id === id);
    const state = stateOf(present, edited);
    if (state === 'same') return [];
    const file = `${id}.cedar`;
    return edited ? [{ file, change: { list: 'policies', put: asJson({ id, role: edited.role, text: edited.text }) } }] : [{ file, change: { list: 'policies', remove: id } }];
  });
  const all = [...tests.values()].flat();
  const wanted = [...tests].flatMap(([of, entries]) => entries.filter((test) => !base.tests.some((present) => sameTest(present, test))).map((test): DraftChange => ({ file: `${of}.tests.yaml`, change: { list: 'policy_tests', put: asJson(test) } })));
  const gone = [...tests.keys()].flatMap((of) => baseTests(base, of).filter(({ name }) => !all.some((test) => test.name === name)).map(({ name }): DraftChange => ({ file: `${of}.tests.yaml`, change: { list: 'policy_tests', remove: name } })));
  return [...policies, ...wanted, ...gone];
}

const asJson = (entry: object): { [key: string]: Json } => entry as { [key: string]: Json };

/** Whatever the order of their members. */
const sameTest = (a: PolicyTest, b: PolicyTest): boolean => sorted(a) === sorted(b);

function sorted(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  return `{${Object.entries(value).filter(([, member]) => member !== undefined && !(Array.isArray(member) && member.length === 0)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => `${key}:${sorted(member)}`).join()}}`;
}

export const isUntouched = (base: Base, draft: Draft): boolean => filesOf(base, draft).every(({ state }) => state === 'same');
