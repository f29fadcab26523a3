/**
 * realm-sdk: the front door for domain services.
 *
 * Declare capabilities (`defineCapability` with the steps of its saga: `task`, `agent`, `effect`, `map`, `parallel`, `choice`, `timer`, `signal`, `child`), compose them
 * into a realm (`defineRealm`), and make it a service (`realmService`). Handlers get a StepTask and return artifacts, events and state changes; but for effects they cause no
 * effect, and they reach data, objects and tools only through the Runtime. `testing.ts` offers a test bed and a conformance suite.
 *
 * 1. What is registered is data; handlers stay here, by the name of their step and by what is asked of it (run, preview, compensate, each item).
 * 2. A saga that refers to what may not have been is refused where it is declared.
 * 3. An effect's handler that ends without a result and without a PlatformError leaves open whether it happened, and that is what the Runtime is told.
 */
export { defineCapability, dataReference, type CapabilityDefinition, type CapabilityOptions } from './capability-definition.js';
export {
  task, agent, effect, map, mapChunks, parallel, choice, timer, signal, child,
  type ChoiceOptions, type CompensableOptions, type EffectOptions, type MapChunksOptions, type MapOptions, type TimerOptions,
} from './step-builders.js';
export type {
  AgentHandler, AgentResultInput, ChunkArtifact, ChunkHandler, ChunkMade, CompensationHandler, ItemHandler, PreviewHandler, StepDefinition, StepHandler, StepHandlers, StepOptions, StepResultInput,
} from './step-definition.js';
export type { ItemsOptions, WrittenItems } from './item-files.js';
export { defineRealm, type RealmDefinition } from './realm-definition.js';
export { StepTask, type ArtifactOptions, type ByteRange, type ByteSource, type ReadableArtifact, type ReadableTable, type TableRows, type TaskAbout, type TaskAccess } from './step-task.js';
export { realmService, RealmManager, realmEnv, type HostedRealm, type RealmEnv, type RealmServiceOptions } from './realm-service.js';
export { RealmHost, type RealmHostOptions } from './realm-host.js';
export { everyStep, sagaFaults, type SagaFault } from './saga-checks.js';
export { registerService } from './registration.js';
export { classOfFindings, detectData, type DataFinding, type DetectorName } from '@symphainy/contracts';
