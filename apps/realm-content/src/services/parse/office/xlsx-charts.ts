import type { Element } from '@xmldom/xmldom';
import { withinTable, type DraftBuilder } from '../../../model/draft-document.js';
import { columnNames } from '../table-headings.js';
import { childElements, elementsNamed } from '../xml-tree.js';
import { attributeOf, firstNamed, OfficePackage } from './office-package.js';

/** A chart as it stands on a sheet: what its file keeps of the cells that it shows. */
export interface SheetChart {
  readonly part: string;
  readonly title: string;
  /** `Bar chart`, `Line chart`, … */
  readonly kind: string;
  readonly series: readonly ChartSeries[];
}

interface ChartSeries {
  readonly name: string;
  /** By the index of the point. */
  readonly categories: ReadonlyMap<number, string>;
  readonly values: ReadonlyMap<number, string>;
}

const WORKBOOK = 'xl/workbook.xml';

/** The charts of each sheet by the sheet's name, in the order of its drawing. */
export function chartsOf(bytes: Uint8Array): ReadonlyMap<string, SheetChart[]> {
  const file = new OfficePackage(bytes, /^xl\/(workbook\.xml|_rels\/|(worksheets|chartsheets|drawings)\/_rels\/|charts\/chart[^/]*\.xml$)/, 'XLSX');
  const found = new Map<string, SheetChart[]>();
  if (!file.names.some((name) => name.startsWith('xl/charts/'))) return found;
  const sheets = file.relations(WORKBOOK);
  for (const sheet of elementsNamed(file.xml(WORKBOOK)!, 'sheet')) {
    const part = sheets.get(attributeOf(sheet, 'id') ?? '')?.target;
    if (part !== undefined) found.set(attributeOf(sheet, 'name') ?? '', targets(file, part, 'drawing').flatMap((drawing) => targets(file, drawing, 'chart')).flatMap((chart) => chartOf(file, chart)));
  }
  return found;
}

const targets = (file: OfficePackage, part: string, type: string): string[] => [...file.relations(part).values()].filter((relation) => relation.type === type).map((relation) => relation.target);

function chartOf(file: OfficePackage, part: string): SheetChart[] {
  const root = file.xml(part);
  const plot = firstNamed(root, 'plotArea');
  const drawn = plot && childElements(plot).filter((child) => /Chart$/.test(child.localName ?? ''));
  if (!root || !drawn?.[0]) return [];
  const heading = childElements(firstNamed(root, 'chart')!).find((child) => child.localName === 'title');
  const title = heading ? elementsNamed(heading, 'p').map((p) => elementsNamed(p, 't').map((t) => t.textContent ?? '').join('')).join(' ').trim() : '';
  return [{ part, title, kind: kindOf(drawn[0].localName ?? ''), series: drawn.flatMap((chart) => elementsNamed(chart, 'ser')).map(seriesOf) }];
}

/** `barChart` → `Bar chart`. */
const kindOf = (name: string): string => name.replace(/3?D?Chart$/, '').replace(/([A-Z])/g, ' $1').toLowerCase().replace(/^./, (letter) => letter.toUpperCase()) + ' chart';

function seriesOf(series: Element): ChartSeries {
  const child = (...names: string[]): Element | undefined => childElements(series).find((one) => names.includes(one.localName ?? ''));
  const values = pointsOf(child('val', 'yVal'));
  return { name: [...pointsOf(child('tx')).values()].join(' ') || (firstNamed(child('tx'), 'v')?.textContent ?? ''), categories: pointsOf(child('cat', 'xVal')), values };
}

function pointsOf(element: Element | undefined): Map<number, string> {
  return new Map(element ? elementsNamed(element, 'pt').map((point) => [Number(attributeOf(point, 'idx') ?? 0), firstNamed(point, 'v')?.textContent ?? '']) : []);
}

/** A chart's title, its kind, and the numbers that it draws: a row for each category, a column for each series. */
export function addChart(builder: DraftBuilder, sheet: string, chart: SheetChart): void {
  const source = { sheet, part: chart.part };
  if (chart.title !== '') builder.block({ type: 'paragraph', text: chart.title, source });
  builder.block({ type: 'paragraph', text: chart.kind, source });
  const points = [...new Set(chart.series.flatMap(({ categories, values }) => [...categories.keys(), ...values.keys()]))].toSorted((a, b) => a - b);
  if (points.length === 0) return;
  withinTable(points.length, chart.series.length + 1);
  const category = (point: number): string | null => chart.series.map((series) => series.categories.get(point)).find((text) => text !== undefined) ?? null;
  builder.table({
    name: chart.title || chart.kind,
    columns: columnNames(['', ...chart.series.map((series) => series.name)], chart.series.length + 1).map((name) => ({ name })),
    rows: points.map((point) => [category(point), ...chart.series.map((series) => series.values.get(point) ?? null)]),
    row_sources: points.map((_, at) => ({ ...source, row: at + 1 })),
    source,
  });
}
