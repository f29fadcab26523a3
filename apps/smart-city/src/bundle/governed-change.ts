import type { KeyIssuer, StateChange } from '@symphainy/contracts';
import { failure } from '@symphainy/contracts';
import type { z } from 'zod';
import type { Json } from '@symphainy/kernel';
import type { Catalogue, EntryChange } from './catalogue.js';

/**
 * How a kind of recorded change alters the catalogue. Rules see the catalogue and may decide that nothing is to be done; the
 * steps that record changes do not look at it, so that their replay gives what they gave.
 */
export interface ChangeRule<V = unknown> {
  /** The word after `governance/` in the state key: `governance/<name>/<key>`. */
  readonly name: string;
  readonly value: z.ZodType<V>;
  /** What to do now; undefined: it is so already, or no longer applies. `by`: who asked for it, and who may hold their API key too. */
  apply(catalogue: Catalogue, key: string, value: V, by: readonly KeyIssuer[]): EntryChange | undefined;
}

export const changeRule = <V>(rule: ChangeRule<V>): ChangeRule<V> => rule;

/** A change as a step records it. */
export const recordedChange = <V>(rule: ChangeRule<V>, key: string, value: V): StateChange => ({ key: `governance/${rule.name}/${key}`, value: value as Json });

/** The catalogue change that a recorded change asks for; `governance.invalid` for what no rule knows. */
export function changeOf(rules: readonly ChangeRule[], catalogue: Catalogue, change: StateChange, by: readonly KeyIssuer[] = []): EntryChange | undefined {
  const [, name, key] = /^governance\/([a-z_]+)\/(.+)$/s.exec(change.key) ?? [];
  const rule = rules.find((r) => r.name === name);
  if (rule === undefined || key === undefined) throw failure('governance.invalid', { message: `no governance change is recorded under the key ${change.key}`, field: '/key' });
  const parsed = rule.value.safeParse(change.value);
  if (!parsed.success) throw failure('governance.invalid', { message: parsed.error.issues[0]?.message ?? 'the value does not fit', field: `/value/${(parsed.error.issues[0]?.path ?? []).join('/')}` });
  return rule.apply(catalogue, key, parsed.data, by);
}
