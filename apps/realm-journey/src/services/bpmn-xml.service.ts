/** A process model as BPMN 2.0 XML and back. Written with a diagram; the diagram is no part of the model that is read back. */
import type { BpmnModdle, ModdleElement } from 'bpmn-moddle';
import type { NodeKind, ProcessFlow, ProcessGraph, ProcessModel, ProcessNode } from '../model/process-model.js';

type Moddle = BpmnModdle;
/** What the layout gives, so that this service needs to know no other. */
export interface Drawing {
  readonly nodes: ReadonlyMap<string, { x: number; y: number; width: number; height: number }>;
  readonly edges: ReadonlyMap<string, readonly { x: number; y: number }[]>;
  readonly lanes: ReadonlyMap<string, { x: number; y: number; width: number; height: number }>;
  readonly pool: { x: number; y: number; width: number; height: number } | undefined;
}

const types: Record<NodeKind, string> = { start: 'bpmn:StartEvent', end: 'bpmn:EndEvent', task: 'bpmn:Task', subprocess: 'bpmn:SubProcess', decision: 'bpmn:ExclusiveGateway', join: 'bpmn:ExclusiveGateway' };
const directions: Partial<Record<NodeKind, string>> = { decision: 'Diverging', join: 'Converging' };

/** The library is an ES module: loaded once, on first use. */
const moddle = async (): Promise<Moddle> => new (await import('bpmn-moddle')).BpmnModdle();

/** BPMN 2.0 XML, indented, in UTF-8. The same model and drawing always give the same text. */
export async function writeBpmn(model: ProcessModel, drawing: Drawing): Promise<string> {
  const writer = new ModelWriter(await moddle());
  return (await writer.moddle.toXML(writer.definitions(model, drawing), { format: true })).xml;
}

class ModelWriter {
  private readonly byId = new Map<string, ModdleElement>();

  constructor(readonly moddle: Moddle) {}

  definitions(model: ProcessModel, drawing: Drawing): ModdleElement {
    const process = this.create('bpmn:Process', { id: model.id, name: model.name, isExecutable: false });
    process.set('flowElements', this.flowElements(model.graph));
    if (model.lanes.length > 0) process.set('laneSets', [this.laneSet(model)]);
    const collaboration = drawing.pool === undefined ? undefined : this.collaboration(process, model.name);
    const plane = this.plane(model, drawing, collaboration ?? process);
    return this.create('bpmn:Definitions', {
      id: 'definitions',
      targetNamespace: 'urn:symphainy:journey',
      exporter: 'Symphainy',
      rootElements: [...(collaboration === undefined ? [] : [collaboration]), process],
      diagrams: [this.create('bpmndi:BPMNDiagram', { id: 'diagram', plane })],
    });
  }

  private create(type: string, attributes: Record<string, unknown>): ModdleElement {
    const element = this.moddle.create(type, attributes);
    if (typeof attributes['id'] === 'string') this.byId.set(attributes['id'], element);
    return element;
  }

  private flowElements(graph: ProcessGraph): ModdleElement[] {
    const nodes = graph.nodes.map((node) => this.node(node));
    return [...nodes, ...graph.flows.map((flow) => this.flow(flow))];
  }

  private node(node: ProcessNode): ModdleElement {
    const direction = directions[node.kind];
    return this.create(types[node.kind], {
      id: node.id,
      ...(node.name === '' ? {} : { name: node.name }),
      ...(direction === undefined ? {} : { gatewayDirection: direction }),
      ...(node.documentation.length === 0 ? {} : { documentation: node.documentation.map(({ text, format }) => this.create('bpmn:Documentation', { text, textFormat: format })) }),
      ...(node.content === undefined ? {} : { flowElements: this.flowElements(node.content) }),
    });
  }

  private flow({ id, from, to, name, condition, default: isDefault }: ProcessFlow): ModdleElement {
    const [sourceRef, targetRef] = [this.byId.get(from), this.byId.get(to)];
    const conditionExpression = condition === undefined ? {} : { conditionExpression: this.create('bpmn:FormalExpression', { body: condition }) };
    const flow = this.create('bpmn:SequenceFlow', { id, sourceRef, targetRef, ...(name === undefined ? {} : { name }), ...conditionExpression });
    append(sourceRef, 'outgoing', flow);
    append(targetRef, 'incoming', flow);
    if (isDefault === true) sourceRef?.set('default', flow);
    return flow;
  }

  private laneSet(model: ProcessModel): ModdleElement {
    const lanes = model.lanes.map(({ id, name, nodes }) => this.create('bpmn:Lane', { id, name, flowNodeRef: nodes.map((node) => this.byId.get(node)) }));
    return this.create('bpmn:LaneSet', { id: 'lanes', lanes });
  }

  private collaboration(process: ModdleElement, name: string): ModdleElement {
    return this.create('bpmn:Collaboration', { id: 'collaboration', participants: [this.create('bpmn:Participant', { id: 'pool', name, processRef: process })] });
  }

  private plane(model: ProcessModel, drawing: Drawing, of: ModdleElement): ModdleElement {
    const shape = (id: string, box: object, more: object = {}) => this.create('bpmndi:BPMNShape', { id: `${id}_shape`, bpmnElement: this.byId.get(id), bounds: this.create('dc:Bounds', { ...box }), ...more });
    const areas = [...(drawing.pool === undefined ? [] : [shape('pool', drawing.pool, { isHorizontal: true })]), ...model.lanes.flatMap(({ id }) => {
      const box = drawing.lanes.get(id);
      return box === undefined ? [] : [shape(id, box, { isHorizontal: true })];
    })];
    const nodes = [...drawing.nodes].map(([id, box]) => shape(id, box, this.byId.get(id)?.$type === 'bpmn:SubProcess' ? { isExpanded: true } : {}));
    const edges = [...drawing.edges].map(([id, points]) => this.create('bpmndi:BPMNEdge', { id: `${id}_edge`, bpmnElement: this.byId.get(id), waypoint: points.map((p) => this.create('dc:Point', { ...p })) }));
    return this.create('bpmndi:BPMNPlane', { id: 'plane', bpmnElement: of, planeElement: [...areas, ...nodes, ...edges] });
  }
}

function append(element: ModdleElement | undefined, property: string, value: ModdleElement): void {
  (element?.get(property) as ModdleElement[] | undefined)?.push(value);
}

export interface ReadBack {
  readonly model: ProcessModel;
  readonly warnings: readonly string[];
}

/** Reads the process out of BPMN XML that `writeBpmn` wrote. Rejects when it holds no process. */
export async function readBpmn(xml: string): Promise<ReadBack> {
  const { rootElement, warnings } = await (await moddle()).fromXML(xml);
  const process = listOf(rootElement, 'rootElements').find((element) => element.$type === 'bpmn:Process');
  if (process === undefined) throw new Error('the BPMN holds no process');
  const lanes = listOf(process, 'laneSets').flatMap((set) => listOf(set, 'lanes')).map((lane) => ({ id: textOf(lane, 'id'), name: textOf(lane, 'name'), nodes: listOf(lane, 'flowNodeRef').map((n) => textOf(n, 'id')) }));
  return { model: { id: textOf(process, 'id'), name: textOf(process, 'name'), lanes, graph: readGraph(process) }, warnings: warnings.map((w) => w.message) };
}

const listOf = (element: ModdleElement, property: string): ModdleElement[] => (element.get(property) as ModdleElement[] | undefined) ?? [];
const textOf = (element: ModdleElement, property: string): string => (element.get(property) as string | undefined) ?? '';

function readGraph(container: ModdleElement): ProcessGraph {
  const elements = listOf(container, 'flowElements');
  const [flows, nodes] = [elements.filter((e) => e.$type === 'bpmn:SequenceFlow'), elements.filter((e) => e.$type !== 'bpmn:SequenceFlow')];
  return { nodes: nodes.map(readNode), flows: flows.map(readFlow) };
}

function readNode(element: ModdleElement): ProcessNode {
  const direction = element.$type === 'bpmn:ExclusiveGateway' ? textOf(element, 'gatewayDirection') : undefined;
  const kind = (Object.keys(types) as NodeKind[]).find((k) => types[k] === element.$type && directions[k] === direction);
  if (kind === undefined) throw new Error(`the BPMN holds a ${element.$type}, which no procedure has`);
  const documentation = listOf(element, 'documentation').map((d) => ({ text: textOf(d, 'text'), format: textOf(d, 'textFormat') as ProcessNode['documentation'][number]['format'] }));
  return { id: textOf(element, 'id'), kind, name: textOf(element, 'name'), documentation, ...(kind === 'subprocess' ? { content: readGraph(element) } : {}) };
}

function readFlow(element: ModdleElement): ProcessFlow {
  const [from, to] = [element.get('sourceRef') as ModdleElement, element.get('targetRef') as ModdleElement];
  const [name, condition] = [textOf(element, 'name'), element.get('conditionExpression') as ModdleElement | undefined];
  const isDefault = from.$type === 'bpmn:ExclusiveGateway' && from.get('default') === element;
  return {
    id: textOf(element, 'id'), from: textOf(from, 'id'), to: textOf(to, 'id'),
    ...(name === '' ? {} : { name }),
    ...(condition === undefined ? {} : { condition: textOf(condition, 'body') }),
    ...(isDefault ? { default: true as const } : {}),
  };
}
