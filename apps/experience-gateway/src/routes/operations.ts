import type { Operation } from '../http/operation.js';
import { evaluateAccess, evaluateAccesses, explainDecision, explainPolicy, readAuthzen, searchActions, searchResources, searchSubjects } from './access.operations.js';
import { listArtifacts, readArtifact, readContent, uploadFile } from './artifacts.operations.js';
import { exportExecution, exportSession, readCheckpoint, redecide } from './evidence.operations.js';
import {
  checkDeterminism, listExecutions, readExecution, readRecords, readResult, readStatus, replayExecution, validateExecution, watchEvents,
} from './executions.operations.js';
import { listPolicies, readGovernance, submitGovernance, tryPolicies } from './governance.operations.js';
import { exportLineage, listReferences, readReference, resolveReference, traceDerived, traceValue, walkLineage } from './lineage.operations.js';
import { submitIntent } from './intents.operations.js';
import {
  adoptExecution, approveEffect, cancelExecution, compensateExecution, continueExecution, createSchedule, endSchedule, listSchedules, operateInBulk, pauseExecution, resolveEffect, resumeExecution, retryExecution,
  sendSignal, skipCompensation, terminateExecution,
} from './operate.operations.js';
import { listCapabilities, listErrors, readCapability, readError, readMe, readMetrics, readOpenApi, searchRegistry } from './platform.operations.js';
import { approveGrant, issueKey, listGrants, listKeys, refuseGrant, requestGrant, revokeGrant, revokeKey, rotateKey } from './security.operations.js';
import { closeSession, createSession, listSessions, readSession, readSessionWal, replaySession, validateSession } from './sessions.operations.js';
import { queryState, queryWal, readState } from './state.operations.js';

/** Every operation of the API, in the order of the document. A test compares them with the server's routes, both ways. */
export const operations: readonly Operation[] = [
  createSession, listSessions, readSession, closeSession, readSessionWal, validateSession, replaySession,
  submitIntent,
  listExecutions, readExecution, readStatus, readResult, readRecords, watchEvents, replayExecution, checkDeterminism, validateExecution,
  cancelExecution, pauseExecution, resumeExecution, retryExecution, continueExecution, compensateExecution, terminateExecution, adoptExecution, sendSignal, approveEffect, resolveEffect, skipCompensation, operateInBulk,
  createSchedule, listSchedules, endSchedule,
  readState, queryState, queryWal,
  listArtifacts, readArtifact, readContent, uploadFile,
  listReferences, readReference, resolveReference, walkLineage, traceValue, traceDerived, exportLineage,
  exportExecution, exportSession, readCheckpoint, redecide,
  submitGovernance, readGovernance, listPolicies, tryPolicies,
  explainDecision, explainPolicy, evaluateAccess, evaluateAccesses, searchSubjects, searchResources, searchActions, readAuthzen,
  listGrants, requestGrant, approveGrant, refuseGrant, revokeGrant, listKeys, issueKey, rotateKey, revokeKey,
  listCapabilities, searchRegistry, readCapability, readMe, readMetrics, listErrors, readError, readOpenApi,
];
