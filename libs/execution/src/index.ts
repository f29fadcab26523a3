/**
 * execution: the pure heart. What a stream of records means, and what is due next.
 *
 * It stores nothing, waits for nothing and reads no clock: time, jitter and actor come in as values, so the runtime, the simulator
 * and the browser fold the same bytes to the same state. Order of use: `evolveFrame` (or `foldStored`) gives the state, `decide`
 * says what is due; `settle` folds records together with all that follows from them, which is one frame for `encodeTexts`.
 * Rooms: `evolve.*` by what a record speaks of, `decide.*` by what may be due, `operation-checks` for operators; docs/reference/state-machine.md draws it.
 *
 * 1. The fold knows nothing that is not in the log, and refuses (GrammarError) what the grammar does not allow.
 * 2. `decide` never starts a step that has completed, and never a second attempt that was not scheduled.
 * 3. Attempts of a step in one budget never exceed its policy's `max_attempts`; only an operator's word gives a new budget.
 * 4. Any change to a stored byte, to a frame's place or to the order of frames is found by `chainProblems`.
 * 5. A child outside the recorded set fails its step, terminally.
 * 6. A Merkle proof is a list of leaf ranges: whoever keeps the full tiles and the edge of a growing tree answers any of them without its leaves.
 * 7. An effect is not due before its intention stands in the log; all attempts of one generation have one key.
 * 8. Completed steps are undone one at a time, in reverse order of completion, and only after everything that is out has ended.
 * 9. A state grows with the steps of its saga and the open chunks of its maps, not with items, firings or records; signals are kept for no more steps than may still take one.
 */
export { GENESIS, frameHash, encodeFrame, encodeTexts, decodeBody, chainProblems, hexOf, type FramePlace, type EncodedFrame, type ChainedFrame } from './chain.js';
export {
  hasEnded, currentStep, stepNamed, runningSteps, lastOutermost, isContainer,
  type ExecutionState, type StepState, type StepStatus, type EffectState, type CompensationState, type ScheduleState, type RecordOf,
} from './execution-state.js';
export { chunkRange, chunksDone, type MapState, type OpenChunk } from './map-state.js';
export type { Decision, DecisionInputs, RunDecision, ChunkWork, StepOf, ChildSagaStep, MapSagaStep } from './decision.js';
export { evolve, evolveAll, evolveFrame, foldFrames, foldStored, type FoldedFrame } from './evolve.js';
export { GrammarError } from './grammar.js';
export { decide } from './decide.js';
export { inputsOf } from './step-inputs.js';
export { followOnOf } from './follow-on.js';
export { awaitsResult } from './decide.unwinding.js';
export { awaitsCompensation, compensationFailedRecord } from './decide.compensation.js';
export { effectKeyOf, effectLost } from './decide.effect.js';
export { abandonedChunks, awaitsChunk, chunkCompletedRecord, chunkFailedRecord, type ChunkOutcome, type ChunkTry, type RecordInputs } from './decide.map.js';
export { chunkContent, sourceOf } from './map-source.js';
export { firingIdOf } from './decide.schedule.js';
export { planOf, plannedStep, planViewOf, sagaStepNamed, sequencesOf, type PlannedStep, type SagaPlan } from './saga-plan.js';
export { timedOut } from './decide.leaf.js';
export { approvalProblem, childrenLeft, compensationProblem, forgottenBy, pauseProblem, reopenProblem, stepToRetry, type ReopenMode } from './operation-checks.js';
export { keptSignals, stepsToCome } from './signals-to-come.js';
export { sleepOf, type Sleep } from './sleep.js';
export { settle, type Settled } from './settle.js';
export { retryDelay, delayBeforeRetry } from './retry.js';
export { childIdOf } from './child-id.js';
export { viewOf, resultOf, summaryOf, withoutContent } from './views.js';
export { foldSession, type SessionState } from './session-state.js';
export { encodeState, decodeState, FOLD_VERSION } from './state-snapshot.js';
export {
  EMPTY_ROOT, leafHash, nodeHash, inclusionPath, consistencyPath, verifyInclusion, verifyConsistency,
  type LeafRange, type MerkleNode, type MerkleRoot,
} from './merkle.js';
export { MerkleEdge, TileHashes, tilesOf, type FullTile, type TilePlace } from './merkle-tiles.js';
export { sealSegment, openSegment, segmentBytes, type LoggedFrame } from './segment.js';
