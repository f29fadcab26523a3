/** Lifecycle of the content realm: serve its steps, register what it can do. */
import { realmService } from '@symphainy/realm-sdk';
import { contentRealm } from './content.orchestrator.js';

export const contentService = realmService({ name: 'realm-content', realm: contentRealm });
