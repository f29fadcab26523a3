/** Lifecycle of the journey realm: serve its steps, register what it can do. */
import { realmService } from '@symphainy/realm-sdk';
import { journeyRealm } from './journey.orchestrator.js';

export const journeyService = realmService({ name: 'realm-journey', realm: journeyRealm });
