/**
 * An SOP as a process: steps become tasks, steps with substeps subprocesses, conditional steps exclusive gateways.
 *
 * | step | nodes |
 * | plain | task |
 * | with substeps | subprocess with start, its own flow and end |
 * | If C, A | decision –yes→ A → join; –no (default)→ join |
 * | If C, A; otherwise B | decision –yes→ A → join; –no (default)→ B → join |
 * | If C, go to step n | decision –yes→ step n; –no→ next step |
 * | A and return to step n | task → step n |
 *
 * Jumps are drawn only when every node stays reachable and the end too; otherwise they stay words of their task.
 */
import { isOnlyJump } from '../language/condition.js';
import { allNodes, type ProcessFlow, type ProcessGraph, type ProcessModel, type ProcessNode } from '../model/process-model.js';
import type { Sop, SopStep } from '../model/sop.schema.js';

const UNASSIGNED = 'Not stated';

export function buildProcess(sop: Sop): ProcessModel {
  const counter = { flows: 0 };
  const graph = new GraphBuilder('', counter).build(sop.steps);
  return { id: 'procedure', name: legible(sop.title), lanes: lanesOf(sop, graph), graph };
}

/** A piece of flow whose open ends lead to whatever comes next. */
interface OpenEnd {
  from: string;
  name?: string;
  default?: true;
}

class GraphBuilder {
  private nodes: ProcessNode[] = [];
  private flows: ProcessFlow[] = [];

  constructor(
    private readonly scope: string,
    private readonly counter: { flows: number },
    private readonly jumps = true,
  ) {}

  build(steps: readonly SopStep[]): ProcessGraph {
    const before = this.counter.flows;
    const suffix = this.scope === '' ? '' : `_${this.scope}`;
    this.nodes.push({ id: `start${suffix}`, kind: 'start', name: '', documentation: [] });
    let open: OpenEnd[] = [{ from: `start${suffix}` }];
    for (const step of steps) {
      this.join(open, entryOf(step));
      open = this.addStep(step, steps);
    }
    this.nodes.push({ id: `end${suffix}`, kind: 'end', name: '', documentation: [] });
    this.join(open, `end${suffix}`);
    if (!this.jumps || this.isConnected(`start${suffix}`)) return { nodes: this.nodes, flows: this.flows };
    this.counter.flows = before;
    return new GraphBuilder(this.scope, this.counter, false).build(steps);
  }

  /** Every node is reached from the start; the end is among them. */
  private isConnected(start: string): boolean {
    const reached = new Set([start]);
    for (const id of reached) for (const flow of this.flows) if (flow.from === id) reached.add(flow.to);
    return this.nodes.every((node) => reached.has(node.id));
  }

  private join(ends: readonly OpenEnd[], to: string): void {
    for (const end of ends) this.flow(end, to);
  }

  private flow({ from, ...how }: OpenEnd, to: string, condition?: string): void {
    this.flows.push({ id: `flow_${++this.counter.flows}`, from, to, ...how, ...(condition === undefined ? {} : { condition }) });
  }

  private addStep(step: SopStep, steps: readonly SopStep[]): OpenEnd[] {
    return step.condition === undefined ? this.addAction(step, steps) : this.addDecision(step, step.condition, steps);
  }

  private addAction(step: SopStep, steps: readonly SopStep[]): OpenEnd[] {
    const id = activityOf(step);
    this.nodes.push(this.activity(step, id));
    return this.leadOn(id, step.goto, steps);
  }

  /** After an activity: the step it names, else whatever comes next. */
  private leadOn(id: string, goto: string | undefined, steps: readonly SopStep[]): OpenEnd[] {
    const target = this.targetOf(goto, steps);
    if (target === undefined) return [{ from: id }];
    this.flow({ from: id }, target);
    return [];
  }

  private addDecision(step: SopStep, condition: string, steps: readonly SopStep[]): OpenEnd[] {
    const gate = entryOf(step);
    this.nodes.push({ id: gate, kind: 'decision', name: `${legible(condition)}?`, documentation: [] });
    const yes = this.addYes(step, condition, gate, steps);
    const no = this.addNo(step, gate, steps);
    const ends = [...yes, ...no];
    if (ends.length < 2) return ends;
    const join = `join_${step.id}`;
    this.nodes.push({ id: join, kind: 'join', name: '', documentation: [] });
    this.join(ends, join);
    return [{ from: join }];
  }

  private addYes(step: SopStep, condition: string, gate: string, steps: readonly SopStep[]): OpenEnd[] {
    const target = this.targetOf(step.goto, steps);
    if (target !== undefined && isOnlyJump(step.action) && step.substeps.length === 0) {
      this.flow({ from: gate, name: 'Yes' }, target, legible(condition));
      return [];
    }
    this.flow({ from: gate, name: 'Yes' }, activityOf(step), legible(condition));
    return this.addAction(step, steps);
  }

  private addNo(step: SopStep, gate: string, steps: readonly SopStep[]): OpenEnd[] {
    const no: OpenEnd = { from: gate, name: 'No', default: true };
    if (step.otherwise === undefined) return [no];
    const target = this.targetOf(step.otherwise_goto, steps);
    if (target !== undefined && isOnlyJump(step.otherwise)) {
      this.flow(no, target);
      return [];
    }
    const id = `else_${step.id}`;
    this.nodes.push({ id, kind: 'task', name: legible(step.otherwise), documentation: [] });
    this.flow(no, id);
    return this.leadOn(id, step.otherwise_goto, steps);
  }

  private targetOf(goto: string | undefined, steps: readonly SopStep[]): string | undefined {
    if (goto === undefined || !this.jumps) return undefined;
    const target = steps.find((step) => step.number === goto) ?? steps.find((step) => step.number.split('.').at(-1) === goto);
    return target === undefined ? undefined : entryOf(target);
  }

  private activity(step: SopStep, id: string): ProcessNode {
    const documentation = documentationOf(step);
    if (step.substeps.length === 0) return { id, kind: 'task', name: legible(step.action), documentation };
    return { id, kind: 'subprocess', name: legible(step.action), documentation, content: new GraphBuilder(step.id, this.counter).build(step.substeps) };
  }
}

const activityOf = (step: SopStep): string => (step.substeps.length === 0 ? `task_${step.id}` : `sub_${step.id}`);
const entryOf = (step: SopStep): string => (step.condition === undefined ? activityOf(step) : `decision_${step.id}`);

function documentationOf({ id, number, text, citation }: SopStep): ProcessNode['documentation'] {
  return [
    { text: legible(text) || '–', format: 'text/plain' },
    { text: legible(JSON.stringify({ step: id, number, block_id: citation.block_id, source: citation.source, quote: citation.quote })), format: 'application/json' },
  ];
}

/** White space collapsed, and only characters that XML 1.0 can hold: others (form feeds, lone surrogates) become U+FFFD. */
export const legible = (text: string): string => text.toWellFormed().replace(/\s+/g, ' ').replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD').trim();

/** One lane per role of a top step, in order of appearance; none when no step names one. */
function lanesOf(sop: Sop, graph: ProcessGraph): ProcessModel['lanes'] {
  if (sop.steps.every((step) => step.actor === undefined)) return [];
  const laneOf = new Map(sop.steps.flatMap((step) => ['task_', 'sub_', 'decision_', 'join_', 'else_'].map((kind) => [`${kind}${step.id}`, step.actor ?? UNASSIGNED] as const)));
  const [first, last] = [sop.steps[0]?.actor ?? UNASSIGNED, sop.steps.at(-1)?.actor ?? UNASSIGNED];
  const of = (node: ProcessNode) => laneOf.get(node.id) ?? (node.kind === 'start' ? first : last);
  const names = [...new Set(sop.steps.map((step) => step.actor ?? UNASSIGNED))];
  return names.map((name, i) => ({ id: `lane_${i + 1}`, name: legible(name), nodes: graph.nodes.filter((node) => of(node) === name).map((node) => node.id) }));
}

export const countNodes = (graph: ProcessGraph): number => allNodes(graph).length;
