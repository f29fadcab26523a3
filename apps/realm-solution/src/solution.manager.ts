/** Lifecycle of the solution realm: serve its steps, register what it can do. */
import { realmService } from '@symphainy/realm-sdk';
import { solutionRealm } from './solution.orchestrator.js';

export const solutionService = realmService({ name: 'realm-solution', realm: solutionRealm });
