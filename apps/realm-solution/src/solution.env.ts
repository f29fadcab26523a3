import { env, type EnvContract } from '@symphainy/kernel';
import { parseAllowedTargets, type AllowedTargets } from '@symphainy/service-host';

export interface SolutionEnv {
  CONNECTOR_ALLOWED_TARGETS: AllowedTargets;
}

export const solutionEnv: EnvContract<SolutionEnv> = {
  CONNECTOR_ALLOWED_TARGETS: { ...env.text({ description: 'host:port pairs, separated by commas, that connectors may reach at private addresses and without encryption', group: 'connectors', default: '' }), parse: parseAllowedTargets, form: 'host:port, …' },
};
