import { ATTACKS, Choice, proveTogether, runAttack, UNGUARDED } from '@symphainy/attack';
import { repositoryRoot } from './harness/platform.js';

/** Fixed, so that a red run can be run again: npm run attack -- --short --seed 20261130. */
const SEED = 20_261_130;

describe('attacks', () => {
  it('a hostile client and a hostile realm, and a search for every secret after all of it - nothing succeeds, everything that was tried is told, no secret is anywhere', async () => {
    const told: string[] = [];
    const report = await runAttack(repositoryRoot, ATTACKS, new Choice(SEED, false), (line) => told.push(line));
    expect({ ...report, attempts: report.attempts > 150, told: report.succeeded + report.unrecorded === 0 ? [] : told }).toEqual({ attempts: true, succeeded: 0, unrecorded: 0, told: [] });
  }, 180_000);

  it('the guards taken away - the attacks succeed, so that their failing means something', async () => {
    const told: string[] = [];
    const { unproven } = await proveTogether(repositoryRoot, new Choice(SEED, false), (line) => told.push(line), UNGUARDED);
    expect({ unproven, told: unproven === 0 ? [] : told }).toEqual({ unproven: 0, told: [] });
  }, 180_000);
});
