import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { policyTest, type BundleChange, type CedarPolicy, type GovernanceBundle, type PolicyTest } from '@symphainy/contracts';
import { isPlatforms, readPolicyText } from '@symphainy/governance';
import { canonicalJson, type Json } from '@symphainy/kernel';
import { parse } from 'yaml';
import { UsageError } from './command.js';
import { readText } from './settings.js';

export interface PolicyFolder {
  readonly policies: readonly CedarPolicy[];
  readonly tests: readonly PolicyTest[];
}

/** A folder of `*.cedar` files, and of `*.tests.yaml` beside them; folders within count too. */
export function readPolicyFolder(folder: string): PolicyFolder {
  const files = namesIn(folder);
  const policies = files.filter((file) => file.endsWith('.cedar')).flatMap((file) => readPolicyText(readText(join(folder, file), file), file));
  const tests = files.filter((file) => /\.tests\.ya?ml$/.test(file)).flatMap((file) => testsIn(readText(join(folder, file), file), file));
  if (policies.length + tests.length === 0) throw new UsageError(`${folder} holds neither *.cedar nor *.tests.yaml`);
  return { policies: unique(policies, ({ id }) => `policy ${id}`), tests: unique(tests, ({ name }) => `test "${name}"`) };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  } catch (error) {
    throw new UsageError(`${folder} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function testsIn(text: string, file: string): PolicyTest[] {
  const read = policyTest.array().safeParse(parse(text));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new UsageError(`${file}: /${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'not a list of policy tests'}`);
}

function unique<T>(entries: readonly T[], name: (entry: T) => string): readonly T[] {
  const twice = entries.find((entry, i) => entries.findIndex((other) => name(other) === name(entry)) !== i);
  if (twice !== undefined) throw new UsageError(`${name(twice)} stands there twice`);
  return entries;
}

/** What makes the bundle say what the folder says. `prune`: policies and tests that are not in the folder go; the platform’s own stay. */
export function changesTo({ policies, tests }: PolicyFolder, bundle: GovernanceBundle, prune: boolean): BundleChange[] {
  const gone = <T>(present: readonly T[], wanted: readonly T[], key: (entry: T) => string): string[] => (prune ? present.map(key).filter((id) => !wanted.some((entry) => key(entry) === id)) : []);
  const news = <T>(present: readonly T[], wanted: readonly T[]): T[] => wanted.filter((entry) => !present.some((other) => canonicalJson(other) === canonicalJson(entry)));
  const present = bundle.policy_tests ?? [];
  return [
    ...news(bundle.policies, policies).map((put): BundleChange => ({ list: 'policies', put: put as unknown as { [key: string]: Json } })),
    ...gone(bundle.policies, policies, ({ id }) => id).filter((id) => !isPlatforms('policies', id)).map((remove): BundleChange => ({ list: 'policies', remove })),
    ...news(present, tests).map((put): BundleChange => ({ list: 'policy_tests', put: put as unknown as { [key: string]: Json } })),
    ...gone(present, tests, ({ name }) => name).map((remove): BundleChange => ({ list: 'policy_tests', remove })),
  ];
}
