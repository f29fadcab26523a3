import { join } from 'node:path';
import { FailPointWalk, type FailCase, type Occasion } from './harness/fail-point-walk.js';
import { repositoryRoot } from './harness/platform.js';

/** What takes a long history to reach is walked beside its code (archivist.int.spec.ts, long-streams.int.spec.ts). */
const OF_LONG_HISTORIES = ['archive', 'long'];
const { FAIL_POINTS } = jest.requireActual<{ FAIL_POINTS: Readonly<Record<string, { occasion: Occasion; passes?: number }>> }>(join(repositoryRoot, 'apps', 'runtime', 'dist', 'fail-points', 'fail-points.js'));

const ALL = Object.entries(FAIL_POINTS).filter(([, { occasion }]) => !OF_LONG_HISTORIES.includes(occasion)).flatMap(([point, { occasion, passes = 0 }]) => (['before', 'after'] as const).map((side): FailCase => ({ point, side, occasion, passes })));

/** What a case needs most is a runtime's start, and that one processor; there are two. */
const WALKS = 2;

/** Edges that are passed all the time while work is under way: whoever dies there leaves much to take over. */
const IN_THE_THICK = ['flush.commit', 'flush.tell', 'dispatch.send', 'outcome.record'];
const thick = ALL.filter(({ point }) => IN_THE_THICK.includes(point));
const adoptions = ALL.filter(({ occasion }) => occasion === 'adoption');
/** Each walk goes from a death in the thick straight to one while that is taken over: no runtime has to be started between them for nothing. */
const CASES = [...ALL.filter((one) => !thick.includes(one) && !adoptions.includes(one)), ...Array.from({ length: thick.length / WALKS }, (_, i) => [thick, adoptions].flatMap((some) => some.slice(i * WALKS, (i + 1) * WALKS))).flat()];
/** However slow the machine: each case only waits for the walk that it is part of. */
const WALK_LIMIT_MS = 900_000;

describe('fail points', () => {
  const walks = Array.from({ length: WALKS }, (_, i) => new FailPointWalk(CASES.filter((_case, n) => n % WALKS === i)));

  beforeAll(async () => {
    await Promise.all(walks.map((walk) => walk.start()));
    for (const walk of walks) void walk.walk();
  }, 240_000);

  afterAll(async () => {
    await Promise.all(walks.map((walk) => walk.stop()));
  }, 60_000);

  it('walks - each leaves something to take over where that is to be died in, and no case is left out', () => {
    expect(new Set(CASES)).toEqual(new Set(ALL));
    for (const [n, { occasion }] of CASES.entries()) if (occasion === 'adoption') expect(IN_THE_THICK).toContain(CASES[n - WALKS]?.point);
  });

  it.each(CASES)('$point, $side - the runtime dies there, and the next one goes on', async (one) => {
    const said = await walks.map((walk) => walk.death(one)).find((death) => death !== undefined);
    expect([one.point, one.side, said]).toEqual([one.point, one.side, expect.stringContaining(`"fail_point":"${one.point}","side":"${one.side}"`)]);
  }, WALK_LIMIT_MS);

  it('all that was begun - ends once, on a valid chain, as its client was told', async () => {
    for (const { found, streams, wanted } of await Promise.all(walks.map((walk) => walk.ended()))) {
      expect(found).toEqual({ faults: [], lost: [], stuck: [], doubled: [], outOfOrder: [] });
      expect(streams).toBeGreaterThan(wanted);
    }
  }, 240_000);

  it('a runtime as it is shipped - takes no notice of the variables that arm one', async () => {
    expect(await walks[0]!.saidWith({ FAIL_POINT: 'flush.commit', FAIL_SIDE: 'before', FAIL_PASSES: '0' })).toBe('');
  }, 60_000);
});
