/** A process as BPMN holds it, without drawing: what is written to XML and must be read back equal. */

export type NodeKind = 'start' | 'end' | 'task' | 'subprocess' | 'decision' | 'join';

export interface ProcessNode {
  id: string;
  kind: NodeKind;
  name: string;
  /** The step's words, and (as JSON) its id and citation. */
  documentation: { text: string; format: 'text/plain' | 'application/json' }[];
  /** Of a subprocess. */
  content?: ProcessGraph;
}

export interface ProcessFlow {
  id: string;
  from: string;
  to: string;
  name?: string;
  condition?: string;
  /** Taken when no condition of its decision holds. */
  default?: true;
}

export interface ProcessGraph {
  nodes: ProcessNode[];
  flows: ProcessFlow[];
}

export interface ProcessModel {
  id: string;
  name: string;
  lanes: { id: string; name: string; nodes: string[] }[];
  graph: ProcessGraph;
}

export const allNodes = (graph: ProcessGraph): ProcessNode[] => graph.nodes.flatMap((node) => [node, ...(node.content === undefined ? [] : allNodes(node.content))]);
export const allFlows = (graph: ProcessGraph): ProcessFlow[] => [...graph.flows, ...graph.nodes.flatMap((node) => (node.content === undefined ? [] : allFlows(node.content)))];
