import { FAIL_POINTS, type FailPoint, type Side } from '../../fail-points/fail-points.js';
import type { FlowSettings } from '../../runtime-core.js';
import type { Chance } from './chance.js';
import { EDGES, WRITE_EDGES, type Edge } from './crash-edges.js';
import { FAIR_WEATHER, type NetworkWeather } from './simulated-network.js';
import { GOOD_MANNERS, type RealmManners } from './simulated-realm.js';
import { GOOD_STORE, type StoreWeather } from './simulated-store.js';

/** Something that happens to a runtime, a realm or the store at one moment. */
export type Mishap =
  | { readonly what: 'crash' | 'restart' | 'freeze' | 'cut'; readonly at: number; readonly runtime: number; readonly forMs: number }
  | { readonly what: 'clock-jump'; readonly at: number; readonly runtime: number; readonly byMs: number }
  | { readonly what: 'crash-all' | 'realm-away' | 'store-away'; readonly at: number; readonly forMs: number };

export interface ArmedEdge {
  readonly edge: Edge;
  readonly side: Side;
  readonly passes: number;
}

/** Everything that goes wrong in one schedule. After `calmAt` nothing does. */
export interface FaultPlan {
  readonly calmAt: number;
  readonly network: NetworkWeather;
  readonly store: StoreWeather;
  readonly realm: RealmManners;
  /** Not faults, but what makes rare paths common: how soon executions sleep, how few may run or be out at once. */
  readonly flow: Partial<FlowSettings>;
  readonly mishaps: readonly Mishap[];
  readonly edges: readonly ArmedEdge[];
  /** An edge inside the runtime, named by its own code. */
  readonly failPoint: { readonly point: FailPoint; readonly side: Side; readonly passes: number } | undefined;
}

/** Shorter troubles leave ownership as it is, longer ones do not. */
const LEASE_MS = 3_000;
/** Edges of what stands in for them here (the store's has edges of its own), and of followers, which run beside the engine: they are walked on a real database. */
const OF_OTHERS = /^(lease|flush|parking|follower|fold|seal|checkpoint|archive|governance)\./;
export const IN_THE_CORE = (Object.keys(FAIL_POINTS) as FailPoint[]).filter((point) => !OF_OTHERS.test(point));

/** Each kind of fault is there or not, and as strong as drawn: schedules of one fault alone and of all together both come. `at`: a runtime dies there, the first time it is reached. */
export function drawFaults(chance: Chance, runtimes: number, at?: { readonly point: FailPoint; readonly side: Side }): FaultPlan {
  const calmAt = chance.pick([2_000, 6_000, 12_000]);
  const paceMs = chance.pick([10, 100, 1_000, 4_000]);
  const drawn = chance.pick(IN_THE_CORE);
  const point = at?.point ?? drawn;
  const adopts = point.startsWith('adoption.');
  const mishaps = Array.from({ length: chance.pick([0, 1, 1, 2, 3, 4]) }, () => drawMishap(chance, calmAt, runtimes));
  return {
    calmAt,
    network: chance.hit(0.5) ? drawNetwork(chance) : FAIR_WEATHER,
    store: chance.hit(0.5) ? drawStore(chance) : GOOD_STORE,
    realm: chance.hit(0.5) ? drawManners(chance, paceMs) : { ...GOOD_MANNERS, paceMs },
    flow: { parkAfterMs: chance.pick([100, 2_000, 10_000]), longHeldFrames: chance.pick([0, 3, 20_000]), realmWindow: chance.pick([1, 4, 512]), tenantMaxRunning: chance.pick([3, 10_000, 10_000]) },
    // an edge of adoption is reached when somebody has died before
    mishaps: adopts ? [{ what: 'crash', at: chance.between(100, calmAt / 2), runtime: chance.below(runtimes), forMs: 0 }, ...mishaps] : mishaps,
    edges: Array.from({ length: chance.pick([0, 0, 1, 1, 2]) }, () => ({ edge: chance.pick(EDGES), side: drawSide(chance), passes: chance.below(chance.pick([3, 30])) })),
    failPoint: at !== undefined ? { ...at, passes: 0 } : chance.hit(0.6) ? { point, side: drawSide(chance), passes: chance.below(adopts ? 2 : 12) } : undefined,
  };
}

/** Runtimes that die at one write boundary after the other, and nothing else that goes wrong. */
export function drawWriteKills(chance: Chance): FaultPlan {
  return {
    ...drawFaults(chance, 2),
    network: FAIR_WEATHER, store: GOOD_STORE, mishaps: [], failPoint: undefined,
    edges: Array.from({ length: chance.pick([4, 6, 8]) }, () => ({ edge: chance.pick(WRITE_EDGES), side: drawSide(chance), passes: chance.below(chance.pick([3, 30])) })),
  };
}

const drawSide = (chance: Chance): Side => (chance.hit(0.5) ? 'before' : 'after');
const rate = (chance: Chance, most: number): number => (chance.hit(0.5) ? 0 : chance.skewed(0.003, most));

const drawNetwork = (chance: Chance): NetworkWeather => ({ loss: rate(chance, 0.2), duplicate: rate(chance, 0.2), slow: rate(chance, 0.2), slowMs: chance.pick([50, 1_000, 6_000]), reorders: chance.hit(0.5) });
const drawStore = (chance: Chance): StoreWeather => ({ lostBefore: rate(chance, 0.2), lostAfter: rate(chance, 0.2), refuses: rate(chance, 0.1), readFails: rate(chance, 0.2), slow: rate(chance, 0.4), slowMs: chance.pick([50, 1_000, 4_000]), parkingLagMs: chance.pick([0, 0, 1_500]) });
const drawManners = (chance: Chance, paceMs: number): RealmManners => ({ silent: rate(chance, 0.3), twice: rate(chance, 0.3), late: rate(chance, 0.3), fails: rate(chance, 0.4), failsForGood: rate(chance, 0.3), garbage: rate(chance, 0.1), paceMs, lateMs: chance.pick([1_000, 8_000]), heartbeats: chance.hit(0.7) });

function drawMishap(chance: Chance, calmAt: number, runtimes: number): Mishap {
  const at = chance.between(0, calmAt);
  const forMs = chance.hit(0.5) ? chance.skewed(20, LEASE_MS) : chance.between(LEASE_MS, 3 * LEASE_MS);
  const runtime = chance.below(runtimes);
  const what = chance.pick(['crash', 'crash', 'restart', 'freeze', 'freeze', 'cut', 'clock-jump', 'crash-all', 'realm-away', 'store-away'] as const);
  if (what === 'clock-jump') return { what, at, runtime, byMs: chance.between(-60_000, 60_000) };
  if (what === 'crash-all' || what === 'realm-away' || what === 'store-away') return { what, at, forMs };
  return { what, at, runtime, forMs };
}
