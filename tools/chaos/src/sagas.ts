/** The sagas that are run under chaos, as the client and the realm both know them. */
import { SeededChoice } from './seeded-choice.js';

/** How often each is submitted, of 100. */
export const KIND_WEIGHTS = { three_steps: 38, retrying: 14, parent: 8, signalled: 9, cancelled: 6, whole: 12, undone: 7, booked: 6 } as const;
export type Kind = keyof typeof KIND_WEIGHTS;

export const INTENT_OF: Readonly<Record<Kind, string>> = { three_steps: 'bench.three_steps', retrying: 'bench.retrying', parent: 'bench.parent', signalled: 'bench.signalled', cancelled: 'bench.signalled', whole: 'bench.whole', undone: 'bench.undone', booked: 'bench.booked' };

/** Waits for a child that waits for somebody's word: submitted by tests that end it while its child goes on. */
export const WAITING_PARENT = 'bench.waiting_parent';

/** Of sagas without branches: names of the steps in the order in which they start. */
export const STEPS_OF: Readonly<Record<string, readonly string[]>> = {
  'bench.three_steps': ['parse', 'embed', 'record'],
  'bench.retrying': ['prepare', 'first_flaky', 'transform', 'second_flaky', 'check', 'settle'],
  'bench.parent': ['prepare', 'inner', 'settle'],
  'bench.signalled': ['prepare', 'approval', 'settle'],
  'bench.undone': ['prepare', 'reserve', 'fail'],
  'bench.booked': ['prepare', 'book', 'settle'],
};

/** How an execution may end. */
export const ENDS_OF: Readonly<Record<Kind, readonly string[]>> = { three_steps: ['completed'], retrying: ['completed'], parent: ['completed'], signalled: ['completed'], cancelled: ['cancelled'], whole: ['completed'], undone: ['failed'], booked: ['completed'] };

export const APPROVAL = 'approval';
/** The step of `bench.booked` whose effect is done at most once: what became of it, an operator must find out when the platform cannot know. */
export const BOOK = 'book';

/** What handlers are given: about 1 KiB, and how many attempts of a flaky step fail. */
export interface Payload {
  readonly data: string;
  readonly failures: number;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function payloadFrom(choice: SeededChoice): Payload {
  const data = Array.from({ length: 1000 }, () => ALPHABET[choice.whole(0, ALPHABET.length - 1)]).join('');
  return { data, failures: choice.whole(0, 3) };
}
