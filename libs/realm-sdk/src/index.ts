/**
 * realm-sdk: the front door for domain services.
 *
 * Declare capabilities (`defineCapability` with `task`, `child`, `signal` steps), compose them into a realm (`defineRealm`), and make it a
 * service (`realmService`). Handlers get a StepTask and return artifacts, events and state changes; they cause no effect and reach
 * data, objects and tools only through the Runtime. `testing.ts` offers a test bed and a conformance suite.
 */
export {
  defineCapability, task, child, signal, dataReference,
  type CapabilityDefinition, type CapabilityOptions, type StepDefinition, type StepHandler, type StepOptions, type StepResultInput,
} from './capability-definition.js';
export { defineRealm, type RealmDefinition } from './realm-definition.js';
export { StepTask, type ArtifactOptions, type ByteSource, type ReadableArtifact, type TaskAccess } from './step-task.js';
export { realmService, RealmManager, realmEnv, type RealmEnv } from './realm-service.js';
export { RealmHost, type RealmHostOptions } from './realm-host.js';
export { registerService } from './registration.js';
