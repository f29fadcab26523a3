/**
 * The runtime for tests of its recovery: dies at one named edge, as a crash would. A program of its own, so that the service as it is
 * shipped has nothing that could be switched on.
 */
import { writeSync } from 'node:fs';
import { env, readEnv, type EnvContract } from '@symphainy/kernel';
import { runService } from '@symphainy/service-host';
import { arm, FAIL_POINTS, type FailPoint, type Side } from '../fail-points/fail-points.js';
import { runtimeService } from '../runtime.module.js';

interface FailEnv {
  FAIL_POINT: FailPoint;
  FAIL_SIDE: Side;
  FAIL_PASSES: number;
}

const failEnv: EnvContract<FailEnv> = {
  FAIL_POINT: env.choice({ description: 'the edge at which the process dies', group: 'fail points', choices: Object.keys(FAIL_POINTS) as FailPoint[] }),
  FAIL_SIDE: env.choice({ description: 'before or after it', group: 'fail points', choices: ['before', 'after'] }),
  FAIL_PASSES: env.integer({ description: 'how often it is passed first', group: 'fail points', min: 0, max: 1_000_000 }),
};

const { FAIL_POINT, FAIL_SIDE, FAIL_PASSES } = readEnv(failEnv, process.env);
arm(FAIL_POINT, FAIL_SIDE, FAIL_PASSES, () => {
  // Written at once: nothing that is only queued survives the signal.
  writeSync(2, `${JSON.stringify({ level: 'fatal', fail_point: FAIL_POINT, side: FAIL_SIDE })}\n`);
  process.kill(process.pid, 'SIGKILL');
});
runService(runtimeService);
