/**
 * ports: what the platform needs from products, in the platform's words. Each adapter in `public-works/*` implements one port for one
 * product, and passes the port's contract suite (`testing.ts`) against the real server.
 */
export { MessageTooLargeError, NO_RESPONDERS, NoRespondersError, RequestTimeoutError, type Bus, type BusHandler, type BusMessage, type BusSubscription, type PublishOptions, type SubscribeOptions } from './bus.js';
export { AnswerParts, respondInParts } from './answer-parts.js';
export { ObjectMissingError, ObjectTooLargeError, type ObjectStore } from './objects.js';
export { type SecretStore, SecretStoreError } from './secrets.js';
export { type HotState } from './hot-state.js';
export { type Metrics, type MetricAttributes, type Tracing } from './telemetry.js';
export { joinedNodes, type GraphChanges, type GraphData, type GraphEdge, type GraphNode, type GraphWalk, type StateGraph, type WalkedEdge } from './graph.js';
export {
  ExternalConflictError, ExternalSystemError, UnknownWriteError,
  type ExternalColumn, type ExternalRows, type ExternalTable, type ExternalTables, type ExternalWrites, type RowChange, type RowFilter, type RowValues, type TableRead, type WriteReceipt, type WrittenRow,
} from './external-tables.js';
export { type Embedder } from './embedder.js';
