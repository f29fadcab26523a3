/** What the solution realm can do: reports, their check, dossiers across realms, and the outside systems that Solutions bind. */
import { defineRealm, type RealmDefinition } from '@symphainy/realm-sdk';
import type { ConnectorDesk } from './connectors/connector-desk.js';
import { documentDossier, procedureDossier } from './dossiers.js';
import { describeExternal } from './external-data.js';
import { writeRows } from './external-writes.js';
import { checkReportAgain, synthesize } from './synthesis.js';

export const solutionRealm = (desk: Pick<ConnectorDesk, 'describe' | 'describeObject' | 'openObject' | 'look' | 'write'>): RealmDefinition =>
  defineRealm({ realm: 'solution', capabilities: [synthesize, checkReportAgain, documentDossier, procedureDossier, describeExternal(desk), writeRows(desk)] });
