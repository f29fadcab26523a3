/** Outstanding work by name: what is asked of a realm, and how an answer tells which question it is for. */
import type { AttemptRef, RegisteredCapability } from '@symphainy/contracts';
import type { ChunkWork, Decision, RunDecision } from '@symphainy/execution';

export type RunChunk = Extract<Decision, { do: 'run_chunk' }>;
export type Compensate = Extract<Decision, { do: 'compensate' }>;
/** What a realm is asked to do. */
export type RealmWork = RunDecision | RunChunk | Compensate;

/** Which attempt of what: of a map's chunk, `attempt` counts the chunk's own tries. */
export type WorkName = Pick<AttemptRef, 'step' | 'attempt' | 'chunk' | 'phase'>;

export const isRealmWork = (work: Decision): work is RealmWork => work.do === 'run' || work.do === 'run_chunk' || work.do === 'compensate';

export const chunkOf = (work: RealmWork): ChunkWork | undefined => (work.do === 'run_chunk' ? work : work.do === 'compensate' ? work.chunk : undefined);

const phaseOf = (work: RealmWork): WorkName['phase'] => (work.do === 'compensate' ? 'compensate' : work.do === 'run' ? work.phase : undefined);

export function nameOf(work: RealmWork): WorkName {
  const chunk = chunkOf(work)?.chunk;
  const phase = phaseOf(work);
  return { step: work.step.name, attempt: work.do === 'run_chunk' ? work.chunkAttempt : work.attempt, ...(chunk === undefined ? {} : { chunk }), ...(phase === undefined ? {} : { phase }) };
}

export const isNamed = (work: RealmWork, name: WorkName): boolean =>
  work.step.name === name.step && (work.do === 'run_chunk' ? work.chunkAttempt : work.attempt) === name.attempt && chunkOf(work)?.chunk === name.chunk && phaseOf(work) === name.phase;

/** The same question, asked again: of a later list of what is due. */
export const isSameWork = (a: RealmWork, b: RealmWork): boolean =>
  a === b || (a.do === b.do && a.step.name === b.step.name && a.attempt === b.attempt && phaseOf(a) === phaseOf(b) && chunkOf(a)?.chunk === chunkOf(b)?.chunk && (a.do !== 'run_chunk' || b.do !== 'run_chunk' || a.chunkAttempt === b.chunkAttempt));

/** An effect that is sent: whether it happened is not known until its outcome is. */
export const isEffect = (work: RealmWork): boolean => work.do === 'run' && work.effectKey !== undefined;

/** Nothing outside changes by it, so it may be sent before what it follows from is durable. */
export const isPure = (work: Decision): boolean => work.do === 'run_chunk' || (work.do === 'run' && work.speculative);

/** Only what has no effects and does not reason is sent before what it follows from is durable. */
export const mayBeSentAhead = (capability: RegisteredCapability, work: Decision): boolean => isPure(work) && capability.determinism === 'deterministic';

/** What only waits: nothing leaves the Runtime for it. */
export const isRest = (work: Decision): boolean => work.do === 'wait' || work.do === 'hold' || work.do === 'await_signal' || work.do === 'await_approval';

/** One name for each piece of work, for sets of what has begun. */
export function workId(work: Decision): string {
  switch (work.do) {
    case 'run':
    case 'run_chunk':
    case 'compensate': {
      const { step, attempt, chunk, phase } = nameOf(work);
      return `${work.do}/${step}/${attempt}/${chunk ?? ''}/${phase ?? ''}`;
    }
    case 'fire':
      return `fire/${work.step}/${work.firing}`;
    case 'await_child':
    case 'close_child':
      return `${work.do}/${work.childId}`;
    case 'operate':
      return `operate/${work.step.name}/${work.attempt}`;
    default:
      return work.do;
  }
}
