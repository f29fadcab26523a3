import type { PolicyTest, PolicyTrial } from '@symphainy/contracts';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useAccount, usePlatform } from '../account/account-context.js';
import { useChangeCount } from '../govern/change-desk.js';
import { readList, readPolicies } from '../govern/read-list.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { useLoad, type Loaded } from '../platform/use-load.js';
import { changesOf, emptyDraft, type Base, type Draft, type DraftChange } from './policy-draft.js';
import { readTestFile, type TextProblem } from './test-file.js';

/** What drafts are written upon: policies and tests of the bundle in force. A tenant's administrators do not see tests. */
export function useBase(): Loaded<Base & { readonly version: number }> {
  const platform = usePlatform();
  const load = useCallback(async () => {
    const [policies, tests] = await Promise.all([readPolicies(platform), readList<PolicyTest>(platform, 'policy_tests')]);
    return { policies: policies.entries, tests: tests.entries, version: policies.bundle.version };
  }, [platform]);
  return useLoad(load, { again: useChangeCount() });
}

/** The draft, kept by the browser while the tab lives, so that a reload loses nothing. */
export function useDraft(): readonly [Draft, (edit: (draft: Draft) => Draft) => void] {
  const { me } = useAccount();
  const place = `symphainy.draft.${me.tenant_id}/${me.user_id}`;
  const [draft, setDraft] = useState<Draft>(() => readDraft(sessionStorage.getItem(place)));
  useEffect(() => sessionStorage.setItem(place, JSON.stringify(draft)), [place, draft]);
  return [draft, setDraft];
}

function readDraft(text: string | null): Draft {
  return text === null ? emptyDraft : (JSON.parse(text) as Draft);
}

export interface Work {
  readonly changes: readonly DraftChange[];
  /** What is wrong, by file. */
  readonly problems: ReadonlyMap<string, readonly TextProblem[]>;
  readonly trial: PolicyTrial | undefined;
  readonly refusal: (Problem & { readonly file?: string }) | undefined;
  /** The trial shown is of an older draft; a newer one is on its way. */
  readonly trying: boolean;
}

const PAUSE_MS = 450;

/** What the draft comes to, asked of the platform whenever writing pauses. */
export function useWork(base: Base, draft: Draft): Work {
  const read = useMemo(() => new Map(Object.entries(draft.tests).map(([of, text]) => [of, readTestFile(text)] as const)), [draft.tests]);
  const textProblems = useMemo(() => new Map([...read].flatMap(([of, { problems }]) => (problems.length === 0 ? [] : [[`${of}.tests.yaml`, problems] as const]))), [read]);
  const changes = useMemo(() => changesOf(base, draft, new Map([...read].map(([of, { tests }]) => [of, tests] as const))), [base, draft, read]);
  const tried = useTrial(changes, textProblems.size === 0);
  const problems = new Map<string, readonly TextProblem[]>(textProblems);
  for (const problem of tried.trial?.problems ?? []) problems.set(`${problem.policy}.cedar`, [...(problems.get(`${problem.policy}.cedar`) ?? []), problem]);
  return { changes, problems, ...tried };
}

interface Tried {
  readonly of: readonly DraftChange[];
  readonly trial?: PolicyTrial;
  readonly refusal?: Problem & { readonly file?: string };
}

function useTrial(changes: readonly DraftChange[], sound: boolean): Pick<Work, 'trial' | 'refusal' | 'trying'> {
  const platform = usePlatform();
  const [tried, setTried] = useState<Tried>();
  useEffect(() => {
    if (!sound) return undefined;
    const abort = new AbortController();
    const settle = (outcome: Omit<Tried, 'of'>): void => {
      if (!abort.signal.aborted) setTried({ of: changes, ...outcome });
    };
    const timer = window.setTimeout(() => {
      platform.policies.try({ changes: changes.map(({ change }) => change) }, { signal: abort.signal }).then((trial) => settle({ trial }), (thrown: unknown) => settle({ refusal: withFile(problemOf(thrown), changes) }));
    }, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [platform, changes, sound]);
  return { trial: sound ? tried?.trial : undefined, refusal: sound ? tried?.refusal : undefined, trying: sound && tried?.of !== changes };
}

/** A refusal that names a change by its place is about that change's file. */
function withFile(problem: Problem, changes: readonly DraftChange[]): Problem & { readonly file?: string } {
  const [, index] = /^\/changes\/(\d+)/.exec(problem.field ?? '') ?? [];
  const file = index === undefined ? undefined : changes[Number(index)]?.file;
  return file === undefined ? problem : { ...problem, file };
}
