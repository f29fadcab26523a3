/**
 * The drawing in a BPMN 2.0 file: shapes and edges as its diagram interchange part places them, with the names of the elements they
 * stand for. Reads what a diagram needs and nothing more; a file without a diagram gives undefined. Pure, so no XML parser of a browser.
 */
export type BpmnShapeKind = 'event' | 'end' | 'task' | 'subprocess' | 'gateway' | 'area';

export interface BpmnShape {
  readonly id: string;
  readonly kind: BpmnShapeKind;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface BpmnEdge {
  readonly id: string;
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface BpmnDiagram {
  readonly shapes: readonly BpmnShape[];
  readonly edges: readonly BpmnEdge[];
  /** What the drawing covers, with a margin. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

const MARGIN = 24;

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export function readBpmnDiagram(xml: string): BpmnDiagram | undefined {
  const tags = tagsOf(xml);
  const elements = new Map(tags.filter((tag) => tag.attributes.has('id')).map((tag) => [tag.attributes.get('id') ?? '', tag]));
  const shapes: BpmnShape[] = [];
  const edges: { id: string; name: string; points: { x: number; y: number }[] }[] = [];
  let drawn: Tag | undefined;
  for (const tag of tags) {
    const id = tag.attributes.get('bpmnElement');
    if (id !== undefined && (tag.name === 'BPMNShape' || tag.name === 'BPMNEdge')) drawn = elements.get(id);
    if (drawn === undefined || tag.name === 'BPMNLabel') continue;
    if (tag.name === 'BPMNEdge') edges.push({ id: id ?? '', name: drawn.attributes.get('name') ?? '', points: [] });
    if (tag.name === 'waypoint') edges.at(-1)?.points.push({ x: numberAt(tag, 'x'), y: numberAt(tag, 'y') });
    // Bounds of a label follow those of its shape; only the first count.
    if (tag.name === 'Bounds' && shapes.at(-1)?.id !== drawn.attributes.get('id')) shapes.push(shapeOf(drawn, tag));
  }
  return shapes.length === 0 ? undefined : { shapes: [...shapes.filter((shape) => isArea(shape)), ...shapes.filter((shape) => !isArea(shape))], edges, box: boxOf(shapes, edges) };
}

const isArea = (shape: BpmnShape): boolean => shape.kind === 'area' || shape.kind === 'subprocess';

function shapeOf(element: Tag, bounds: Tag): BpmnShape {
  return {
    id: element.attributes.get('id') ?? '',
    kind: kindOf(element.name),
    name: element.attributes.get('name') ?? '',
    x: numberAt(bounds, 'x'),
    y: numberAt(bounds, 'y'),
    width: numberAt(bounds, 'width'),
    height: numberAt(bounds, 'height'),
  };
}

function kindOf(name: string): BpmnShapeKind {
  if (name === 'endEvent') return 'end';
  if (name.endsWith('Event')) return 'event';
  if (name.endsWith('Gateway')) return 'gateway';
  if (name === 'participant' || name === 'lane') return 'area';
  return name === 'subProcess' ? 'subprocess' : 'task';
}

/** The box around everything drawn. */
function boxOf(shapes: readonly BpmnShape[], edges: readonly BpmnEdge[]): BpmnDiagram['box'] {
  const points = [...shapes.flatMap(({ x, y, width, height }) => [{ x, y }, { x: x + width, y: y + height }]), ...edges.flatMap((edge) => edge.points)];
  const [left, top] = [Math.min(...points.map((point) => point.x)), Math.min(...points.map((point) => point.y))];
  const [right, bottom] = [Math.max(...points.map((point) => point.x)), Math.max(...points.map((point) => point.y))];
  return { x: left - MARGIN, y: top - MARGIN, width: right - left + 2 * MARGIN, height: bottom - top + 2 * MARGIN };
}

/** A name in lines of about `columns` characters, the last one marked when the name goes on. */
export function linesOf(name: string, columns: number, most: number): readonly string[] {
  const lines = name.split(/\s+/).reduce<string[]>((done, word) => {
    const last = done.at(-1);
    if (last !== undefined && last.length + word.length < columns) done[done.length - 1] = `${last} ${word}`;
    else done.push(word);
    return done;
  }, []);
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `${(lines[most - 1] ?? '').slice(0, columns - 1)}…`];
}

/** Opening tags in order, names without prefix. Comments, text and closing tags hold nothing that is drawn. */
function tagsOf(xml: string): readonly Tag[] {
  const open = /<!--[\s\S]*?-->|<(?:[\w.-]+:)?([A-Za-z][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/g;
  return [...xml.matchAll(open)].flatMap(([, name, attributes]) => (name === undefined ? [] : [{ name, attributes: attributesOf(attributes ?? '') }]));
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, double, single]) => [name ?? '', unescaped(double ?? single ?? '')]));
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescaped = (text: string): string => text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
  if (name !== undefined) return ENTITIES[name] ?? whole;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
});

const numberAt = (tag: Tag, name: string): number => {
  const value = Number(tag.attributes.get(name));
  return Number.isFinite(value) ? value : 0;
};
