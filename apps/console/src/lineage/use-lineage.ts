import type { Client } from '@symphainy/client';
import type { SourceRegion } from '@symphainy/contracts';
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import { usePlatform } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { joinFindings, placeId, traceFinding, walkFinding, type Direction, type Finding, type LineageNodeView, type LineageView } from './lineage.model.js';

/** Where one begins: a node of the graph, or a place in a reference. */
export interface LineageStart {
  readonly node: string;
  readonly region?: SourceRegion;
  /** As it was when this execution ended. */
  readonly run?: string;
}

/** How far the first look goes, and each further one. */
const FIRST = { up: 8, down: 4 } as const;
const FURTHER = 1;
const MOST_EDGES = 250;

interface Asked {
  readonly of: string;
  readonly direction: Direction;
}

interface State {
  /** By what was asked, in the order in which it was. */
  readonly findings: ReadonlyMap<string, Asked & { readonly finding: Finding }>;
  readonly busy: ReadonlySet<string>;
  readonly problem?: Problem;
}

type Event =
  | { readonly type: 'asked'; readonly key: string }
  | { readonly type: 'found'; readonly key: string; readonly asked: Asked; readonly finding: Finding }
  | { readonly type: 'failed'; readonly key: string; readonly problem: Problem }
  | { readonly type: 'hidden'; readonly key: string }
  | { readonly type: 'begun' };

export interface Lineage {
  readonly view: LineageView;
  readonly start: string;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  /** Whether more may stand next to a node in a direction, whether it was asked for there, and whether the answer is awaited. */
  readonly side: (id: string, direction: Direction) => 'whole' | 'more' | 'shown' | 'busy';
  /** Asks for what stands next to a node, or takes away what asking for it brought. */
  readonly toggle: (node: LineageNodeView, direction: Direction) => void;
  /** Questions whose answer goes on, with how to go on. */
  readonly unfinished: readonly { readonly key: string; readonly goOn: (() => void) | undefined }[];
}

const keyOf = ({ of, direction }: Asked): string => `${direction} ${of}`;
const NOTHING: State = { findings: new Map(), busy: new Set() };

export function useLineage(start: LineageStart): Lineage {
  const platform = usePlatform();
  const { node, run } = start;
  const region = useMemo(() => start.region, [JSON.stringify(start.region)]);
  const [state, tell] = useReducer(next, NOTHING);
  const first = region === undefined ? node : placeId(region);
  const current = useRef({});
  const ask = useCallback(async (asked: Asked, of: SourceRegion | undefined, depth: number, before?: Finding): Promise<void> => {
    const key = keyOf(asked);
    const mine = current.current;
    tell({ type: 'asked', key });
    try {
      const finding = await find(platform, { asked, region: of, depth, run, cursor: before?.cursor });
      if (current.current === mine) tell({ type: 'found', key, asked, finding: before === undefined ? finding : joined(before, finding) });
    } catch (thrown) {
      if (current.current === mine) tell({ type: 'failed', key, problem: problemOf(thrown) });
    }
  }, [platform, run]);
  useEffect(() => {
    current.current = {};
    tell({ type: 'begun' });
    for (const direction of ['up', 'down'] as const) void ask({ of: first, direction }, region, FIRST[direction]);
  }, [ask, first, region]);
  const view = useMemo(() => joinFindings([...state.findings.values()].map(({ finding }) => finding)), [state.findings]);
  const explored = useMemo(() => new Set([...state.findings.values()].flatMap(({ direction, finding }) => finding.explored.map((of) => keyOf({ of, direction })))), [state.findings]);
  const side = (of: string, direction: Direction): ReturnType<Lineage['side']> => {
    const key = keyOf({ of, direction });
    if (state.busy.has(key)) return 'busy';
    if (state.findings.has(key) && of !== first) return 'shown';
    return explored.has(key) || of === first ? 'whole' : 'more';
  };
  const toggle = (of: LineageNodeView, direction: Direction): void => {
    const asked = { of: of.id, direction };
    if (side(of.id, direction) === 'shown') tell({ type: 'hidden', key: keyOf(asked) });
    else if (side(of.id, direction) === 'more') void ask(asked, of.kind === 'place' ? of.region : undefined, FURTHER);
  };
  const unfinished = [...state.findings.values()].filter(({ finding }) => finding.cursor !== undefined || finding.cut).map(({ of, direction, finding }) => ({
    key: keyOf({ of, direction }),
    goOn: finding.cursor === undefined ? undefined : () => void ask({ of, direction }, undefined, of === first ? FIRST[direction] : FURTHER, finding),
  }));
  return { view, start: first, problem: state.problem, loading: state.busy.size > 0, side, toggle, unfinished };
}

function next(state: State, event: Event): State {
  if (event.type === 'begun') return NOTHING;
  const { key } = event;
  const busy = new Set(state.busy);
  if (event.type === 'asked') return { ...state, problem: undefined, busy: busy.add(key) };
  busy.delete(key);
  const findings = new Map(state.findings);
  if (event.type === 'found') findings.set(key, { ...event.asked, finding: event.finding });
  if (event.type === 'hidden') findings.delete(key);
  return { findings, busy, ...(event.type === 'failed' ? { problem: event.problem } : {}) };
}

const joined = (before: Finding, { nodes, edges, explored, ...rest }: Finding): Finding => ({ nodes: [...before.nodes, ...nodes], edges: [...before.edges, ...edges], explored: [...before.explored, ...explored], ...rest });

interface Question {
  readonly asked: Asked;
  readonly region: SourceRegion | undefined;
  readonly depth: number;
  readonly run: string | undefined;
  readonly cursor: string | undefined;
}

/** Values are traced by where they stand, everything else is walked in the graph. */
async function find(platform: Client, { asked: { of, direction }, region, depth, run, cursor }: Question): Promise<Finding> {
  if (region === undefined || of.startsWith('artifact:')) return walkFinding(await platform.lineage.walk(of, { direction, depth, limit: MOST_EDGES, ...(run === undefined ? {} : { run }), ...(cursor === undefined ? {} : { cursor }) }), direction, depth);
  if (direction === 'down') return traceFinding(await platform.lineage.derived(region, { depth, limit: MOST_EDGES, ...(run === undefined ? {} : { run }) }), direction);
  // A place in a file came from nothing but the file.
  if (region.pointer === undefined) return { nodes: [], edges: [], explored: [of] };
  return traceFinding(await platform.lineage.value(region.reference, region.pointer, { depth, limit: MOST_EDGES }), direction);
}
