/** Lifecycle of the insights realm: serve its steps, register what it can do. */
import { realmService } from '@symphainy/realm-sdk';
import { insightsRealm } from './insights.orchestrator.js';

export const insightsService = realmService({ name: 'realm-insights', realm: insightsRealm });
