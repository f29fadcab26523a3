/** Lifecycle of the solution realm: serve its steps and its connectors, register what it can do. */
import { realmService } from '@symphainy/realm-sdk';
import { ConnectorDesk } from './connectors/connector-desk.js';
import { ConnectorHost } from './connectors/connector-host.js';
import { solutionEnv } from './solution.env.js';
import { solutionRealm } from './solution.orchestrator.js';

export const solutionService = realmService({
  name: 'realm-solution',
  env: solutionEnv,
  secretsPrefix: 'CONNECTOR_',
  realm: ({ secrets, env, clock, http }) => {
    const desk = new ConnectorDesk({ secrets, allowed: env.CONNECTOR_ALLOWED_TARGETS, clock, url: () => http.url });
    return { realm: solutionRealm(desk), providers: [{ provide: ConnectorDesk, useValue: desk }, ConnectorHost] };
  },
});
