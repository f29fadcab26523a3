import { env, type EnvContract } from '@symphainy/kernel';

export const stagesEnv: EnvContract<{ STAGES_DIR: string }> = { STAGES_DIR: env.text({ description: 'where a service under measure writes what passed its sockets', group: 'bench', default: '/dev/null' }) };
