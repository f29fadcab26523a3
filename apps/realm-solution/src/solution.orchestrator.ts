/** What the solution realm can do: reports, their check, and dossiers across realms. */
import { defineRealm } from '@symphainy/realm-sdk';
import { documentDossier, procedureDossier } from './dossiers.js';
import { checkReportAgain, synthesize } from './synthesis.js';

export const solutionRealm = defineRealm({ realm: 'solution', capabilities: [synthesize, checkReportAgain, documentDossier, procedureDossier] });
