import { Chance } from './chance.js';
import { IN_THE_CORE } from './fault-plan.js';
import { MUTANTS } from './mutants.js';
import { runSchedule, type ScheduleOptions } from './schedule.js';
import type { Violation } from './violations.js';

const SCHEDULES = 200;
/** Far more than any of them took so far, which is some hundred. */
const HUNT = 2000;

async function violationsOf(options: ScheduleOptions): Promise<readonly Violation[]> {
  return (await runSchedule(options)).violations;
}

describe('chance', () => {
  it('a seed - draws what the reference code of xoshiro128** draws, on every machine', () => {
    const chance = new Chance(1);
    expect(Array.from({ length: 4 }, () => chance.below(1_000_000))).toEqual([91_569, 506_197, 888_192, 487_255]);
    expect(new Chance(1).next()).not.toBe(new Chance(2).next());
    expect(new Chance(5).next()).not.toBe(new Chance(5 + 2 ** 32).next());
  });

  it('numbers - are spread evenly between their bounds', () => {
    const chance = new Chance(7);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 20_000; i++) counts[chance.below(10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(250);
  });
});

describe('simulation', () => {
  it('the same seed - is the same schedule, event for event', async () => {
    const traceOf = async (seed: number): Promise<string[]> => {
      const trace: string[] = [];
      await runSchedule({ seed, tell: (at, where, what) => trace.push(`${at} ${where} ${what}`) });
      return trace;
    };
    const first = await traceOf(11);
    expect(first.length).toBeGreaterThan(100);
    expect(await traceOf(11)).toEqual(first);
    expect(await traceOf(12)).not.toEqual(first);
  }, 60_000);

  it(`${SCHEDULES} schedules with faults - nothing accepted is lost, stuck, doubled or told wrongly`, async () => {
    for (let seed = 1; seed <= SCHEDULES; seed++) expect({ seed, violations: await violationsOf({ seed }) }).toEqual({ seed, violations: [] });
  }, 120_000);

  it.each(IN_THE_CORE.flatMap((point) => (['before', 'after'] as const).map((side) => ({ point, side }))))('a runtime that dies $side $point - leaves nothing undone, and some schedule comes there', async (at) => {
    let diedAt: string | undefined;
    for (let seed = 1; seed <= 60 && diedAt === undefined; seed++) {
      const result = await runSchedule({ seed, at });
      expect({ seed, violations: result.violations }).toEqual({ seed, violations: [] });
      diedAt = result.diedAt;
    }
    expect(diedAt).toBe(`${at.side} ${at.point}`);
  }, 120_000);

  it('deaths at write boundaries alone - no execution without its decision, no denial lost', async () => {
    let kills = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { violations, writeKills } = await runSchedule({ seed, writes: true });
      expect({ seed, violations }).toEqual({ seed, violations: [] });
      kills += writeKills;
    }
    expect(kills).toBeGreaterThan(40);
  }, 120_000);

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('the planted bug %s - is found', async (_name, mutant) => {
    let found = false;
    for (let seed = 1; seed <= HUNT && !found; seed++) found = (await violationsOf({ seed, mutant })).length > 0;
    expect(found).toBe(true);
  }, 120_000);
});
