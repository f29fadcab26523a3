import type { Element } from '@xmldom/xmldom';
import type { ContentSource } from '@symphainy/contracts';
import type { DraftBuilder } from '../../../model/draft-document.js';
import { childElements, elementsNamed } from '../xml-tree.js';
import { attributeOf, type OfficePackage } from './office-package.js';

/** Points that stand for how others are laid out or joined, and hold no text of the author's own. */
const SILENT = new Set(['pres', 'parTrans', 'sibTrans']);

/** The texts of a SmartArt diagram (DrawingML, ECMA-376 part 1, 21.4) as list items: its points from the root on, each before those that belong to it, in their order. Points that nothing joins to the root follow. */
export function addSmartArt(builder: DraftBuilder, file: OfficePackage, part: string, place: ContentSource): void {
  const root = file.xml(part);
  if (root === undefined) return;
  const points = new Map(elementsNamed(root, 'pt').filter((point) => !SILENT.has(attributeOf(point, 'type') ?? 'node')).map((point) => [attributeOf(point, 'modelId') ?? '', point]));
  const below = childrenOf(root, points);
  const seen = new Set<string>();
  // a stack, because a hostile file joins points without end
  const walk = (start: readonly { id: string; level: number }[]): void => {
    const stack = start.toReversed();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { id, level } = next;
      if (seen.has(id)) continue;
      seen.add(id);
      const text = textOf(points.get(id)!);
      if (text !== '') builder.block({ type: 'list_item', level: Math.max(1, level), marker: '•', text, source: { ...place, part } });
      stack.push(...(below.get(id) ?? []).map((child) => ({ id: child, level: text === '' ? level : level + 1 })).toReversed());
    }
  };
  walk([...points].filter(([, point]) => attributeOf(point, 'type') === 'doc').map(([id]) => ({ id, level: 1 })));
  walk([...points.keys()].map((id) => ({ id, level: 1 })));
}

function childrenOf(root: Element, points: ReadonlyMap<string, Element>): ReadonlyMap<string, string[]> {
  const joined = elementsNamed(root, 'cxn').filter((one) => (attributeOf(one, 'type') ?? 'parOf') === 'parOf').map((one) => ({ from: attributeOf(one, 'srcId') ?? '', to: attributeOf(one, 'destId') ?? '', order: Number(attributeOf(one, 'srcOrd') ?? 0) }));
  const below = new Map<string, string[]>();
  for (const { from, to } of joined.toSorted((a, b) => a.order - b.order)) if (points.has(from) && points.has(to)) below.set(from, [...(below.get(from) ?? []), to]);
  return below;
}

const textOf = (point: Element): string => childElements(point).filter((child) => child.localName === 't').flatMap((body) => elementsNamed(body, 'p')).map((paragraph) => elementsNamed(paragraph, 't').map((run) => run.textContent ?? '').join('')).join('\n').trim();
