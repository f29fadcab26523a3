import type { Element } from '@xmldom/xmldom';
import type { ContentSource } from '@symphainy/contracts';
import type { DraftBuilder } from '../../../model/draft-document.js';
import { childElements } from '../xml-tree.js';
import { addChart, chartOf } from './charts.js';
import { attributeOf, type OfficePackage } from './office-package.js';
import { addSmartArt } from './smart-art.js';

/** The charts and diagrams that an element of a part refers to, in order, each with what its own part holds. Where a drawing has two forms, the first counts. */
export function addDrawings(element: Element, part: string, builder: DraftBuilder, file: OfficePackage, place: ContentSource): void {
  for (const { id, isChart } of drawingsIn(element)) {
    const target = file.relations(part).get(id)?.target ?? '';
    if (!isChart) addSmartArt(builder, file, target, place);
    else {
      const chart = chartOf(file, target);
      if (chart !== undefined) addChart(builder, place, chart);
    }
  }
}

function drawingsIn(element: Element): { id: string; isChart: boolean }[] {
  if (element.localName === 'chart') return idOf(element, 'id', true);
  if (element.localName === 'relIds') return idOf(element, 'dm', false);
  const children = childElements(element);
  return children.flatMap((child) => (child.localName === 'Fallback' && children.length > 1 ? [] : drawingsIn(child)));
}

const idOf = (element: Element, name: string, isChart: boolean): { id: string; isChart: boolean }[] => {
  const id = attributeOf(element, name);
  return id === undefined ? [] : [{ id, isChart }];
};
