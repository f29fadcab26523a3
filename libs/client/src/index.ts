/**
 * client: the gateway's REST API and streams, typed, for browsers and Node (24 or newer).
 *
 * Order of use: `connect({ baseUrl, credentials })`, `sessions.create()`, `files.upload()`, `intents.submit()` or `intents.execute()`,
 * `executions.watch()`. It holds no state but the credentials it is given, and uses fetch and streams only.
 *
 * Invariants:
 * 1. Every failure of the platform is a ProblemError with its stable code; anything else (no network) is the runtime's own error.
 * 2. A watch hands out each frame once, in order, across broken connections, until the execution's last frame.
 * 3. Types come from contracts; no code of contracts (and so none of Node) reaches a browser.
 */
export { connect, type Client } from './client.js';
export { ProblemError } from './problem-error.js';
export { type ConnectOptions, type CallOptions } from './transport.js';
export { type UploadOptions, type UploadReceipt, type UploadFile } from './upload.js';
export { type WatchEnd, type WatchOptions } from './watch.js';
export type {
  Accepted, ApiKeyView, ArtifactEntry, ArtifactPage, ArtifactQuery, BulkOperation, BulkOutcome, CapabilityEntry, CapabilityList, CheckpointAnswer, DerivedQuery, EvidenceOptions, ExecutionPage, ExecutionQuery, FramesPage, GovernanceChange, GovernanceEntries, GovernanceList, GrantOrder, IssuedKey, KeyOrder, KeyRotation, LineageQuery, Operated, Page, RedecideRequest, ReferencePage, ReferenceQuery, ResolvedReference, ScheduleOrder, SchedulePage, ScheduleView, SessionPage, SessionValidation, StateEntries, StateView, StatusView, Submission, TraceQuery, WalPage, WalQuery,
} from './api-types.js';
