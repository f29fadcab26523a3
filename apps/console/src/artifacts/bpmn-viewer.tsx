import { linesOf, readBpmnDiagram, type BpmnDiagram, type BpmnEdge, type BpmnShape } from './bpmn-diagram.js';
import { Tabs } from './tabs.js';
import { XmlViewer } from './xml-viewer.js';

/** A process as its diagram, and as the XML that other tools read. */
export function BpmnViewer({ text }: { text: string }) {
  const diagram = readBpmnDiagram(text);
  if (diagram === undefined) return <XmlViewer text={text} />;
  return <Tabs label="Ways to read the process" tabs={[{ name: 'Diagram', view: <Diagram diagram={diagram} /> }, { name: 'XML', view: <XmlViewer text={text} /> }]} />;
}

function Diagram({ diagram }: { diagram: BpmnDiagram }) {
  const { x, y, width, height } = diagram.box;
  const tasks = diagram.shapes.filter((shape) => shape.kind === 'task').map((shape) => shape.name);
  return (
    <div className="diagram-frame" tabIndex={0} role="region" aria-label="Process diagram">
      <svg className="diagram" viewBox={`${x} ${y} ${width} ${height}`} width={width} height={height} role="img" aria-label={`Process of ${tasks.length} tasks: ${tasks.join('; ')}`}>
        <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0.5 7.5 4 0 7.5z" /></marker></defs>
        {diagram.shapes.map((shape) => <Shape key={shape.id} shape={shape} />)}
        {diagram.edges.map((edge) => <Edge key={edge.id} edge={edge} />)}
      </svg>
    </div>
  );
}

function Shape({ shape }: { shape: BpmnShape }) {
  const { x, y, width, height, kind, name } = shape;
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  switch (kind) {
    case 'event':
    case 'end': return <g className={`shape shape-${kind}`}><circle cx={middleX} cy={middleY} r={width / 2} /><Label name={name} x={middleX} y={y + height + 16} columns={18} most={2} /></g>;
    case 'gateway': return <g className="shape shape-gateway"><path d={`M${middleX} ${y}L${x + width} ${middleY} ${middleX} ${y + height} ${x} ${middleY}z`} /><path className="shape-cross" d={`m${middleX - 7} ${middleY - 7} 14 14m0-14-14 14`} /><Label name={name} x={middleX} y={y - 12} columns={26} most={2} upwards /></g>;
    case 'area': return <g className="shape shape-area"><rect x={x} y={y} width={width} height={height} /><text transform={`translate(${x + 19} ${middleY}) rotate(-90)`} textAnchor="middle">{name}</text></g>;
    case 'subprocess': return <g className="shape shape-subprocess"><rect x={x} y={y} width={width} height={height} rx={10} /><Label name={name} x={middleX} y={y + 20} columns={Math.floor(width / 6.4)} most={2} /></g>;
    case 'task': return <g className="shape shape-task"><title>{name}</title><rect x={x} y={y} width={width} height={height} rx={8} /><Centred name={name} shape={shape} /></g>;
  }
}

const LINE = 15;

/** A name in the middle of its shape. */
function Centred({ name, shape }: { name: string; shape: BpmnShape }) {
  const columns = Math.floor(shape.width / 6.6);
  const most = Math.max(1, Math.floor((shape.height - 8) / LINE));
  const count = linesOf(name, columns, most).length;
  return <Label name={name} x={shape.x + shape.width / 2} y={shape.y + shape.height / 2 + 4 - ((count - 1) * LINE) / 2} columns={columns} most={most} />;
}

function Label({ name, x, y, columns, most, upwards = false }: { name: string; x: number; y: number; columns: number; most: number; upwards?: boolean }) {
  const lines = linesOf(name, columns, most);
  const top = upwards ? y - (lines.length - 1) * LINE : y;
  return <text textAnchor="middle">{lines.map((line, index) => <tspan key={index} x={x} y={top + index * LINE}>{line}</tspan>)}</text>;
}

function Edge({ edge }: { edge: BpmnEdge }) {
  const [first, second] = edge.points;
  if (first === undefined || second === undefined) return null;
  return (
    <g className="edge">
      <path d={`M${edge.points.map((point) => `${point.x} ${point.y}`).join('L')}`} markerEnd="url(#arrow)" />
      {edge.name !== '' && <text x={(first.x + second.x) / 2 + 6} y={(first.y + second.y) / 2 - 6}>{edge.name}</text>}
    </g>
  );
}
