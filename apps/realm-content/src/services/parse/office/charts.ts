import { SSF } from '@e965/xlsx';
import type { Element } from '@xmldom/xmldom';
import type { ContentSource } from '@symphainy/contracts';
import { withinTable, type DraftBuilder } from '../../../model/draft-document.js';
import { isoDate } from '../../../text/plain-dates.js';
import { columnNames } from '../table-headings.js';
import { childElements, elementsNamed } from '../xml-tree.js';
import { attributeOf, firstNamed, type OfficePackage } from './office-package.js';

/** A chart of an Office file (DrawingML, ECMA-376 part 1, 21.2, and its extensions): what its part keeps of the cells that it draws. */
export interface OfficeChart {
  readonly part: string;
  readonly title: string;
  /** `Bar chart`, `Line chart`, … */
  readonly kind: string;
  readonly series: readonly ChartSeries[];
}

/** Points by their index. */
type Points = ReadonlyMap<number, string>;

interface ChartSeries {
  readonly name: string;
  readonly categories: Points;
  readonly values: Points;
  /** Of bubbles. */
  readonly sizes: Points;
}

/** The chart of a part; undefined where it draws none. */
export function chartOf(file: OfficePackage, part: string): OfficeChart | undefined {
  const root = file.xml(part);
  const plot = firstNamed(root, 'plotArea');
  if (!root || !plot) return undefined;
  const heading = childElements(firstNamed(root, 'chart')!).find((child) => child.localName === 'title');
  const title = heading ? elementsNamed(heading, 'p').map((p) => elementsNamed(p, 't').map((t) => t.textContent ?? '').join('')).join(' ').trim() : '';
  const extended = elementsNamed(plot, 'series');
  if (extended[0]) return { part, title, kind: kindOf(attributeOf(extended[0], 'layoutId') ?? ''), series: extended.map((series) => extendedSeries(series, root)) };
  const drawn = childElements(plot).filter((child) => /Chart$/.test(child.localName ?? ''));
  if (!drawn[0]) return undefined;
  const epoch1904 = attributeOf(childElements(root).find((child) => child.localName === 'date1904'), 'val') === '1';
  return { part, title, kind: kindOf(drawn[0].localName ?? ''), series: drawn.flatMap((chart) => elementsNamed(chart, 'ser')).map((series) => seriesOf(series, epoch1904)) };
}

/** `barChart` → `Bar chart`. */
const kindOf = (name: string): string => name.replace(/3?D?Chart$/, '').replace(/([A-Z])/g, ' $1').toLowerCase().replace(/^./, (letter) => letter.toUpperCase()) + ' chart';

function seriesOf(series: Element, epoch1904: boolean): ChartSeries {
  const child = (...names: string[]): Element | undefined => childElements(series).find((one) => names.includes(one.localName ?? ''));
  const points = (...names: string[]): Points => pointsOf(child(...names), epoch1904);
  return { name: [...points('tx').values()].join(' ') || (firstNamed(child('tx'), 'v')?.textContent ?? ''), categories: points('cat', 'xVal'), values: points('val', 'yVal'), sizes: points('bubbleSize') };
}

/** Of the charts that came later (waterfall, funnel, treemap, sunburst, box and whisker, map; MS-ODRAWXML, 2.24.3), whose numbers stand apart from what draws them. */
function extendedSeries(series: Element, root: Element): ChartSeries {
  const id = attributeOf(childElements(series).find((child) => child.localName === 'dataId'), 'val');
  const data = elementsNamed(root, 'data').find((one) => attributeOf(one, 'id') === id);
  const [texts, numbers] = ['strDim', 'numDim'].map((name) => pointsOf(firstNamed(data, name), false));
  return { name: firstNamed(childElements(series).find((child) => child.localName === 'tx'), 'v')?.textContent ?? '', categories: texts!, values: numbers!, sizes: new Map() };
}

/** Labels of several levels, the innermost first in the file, are joined from the outermost on; an outer one stands for all points up to the next. */
function pointsOf(element: Element | undefined, epoch1904: boolean): Points {
  if (element === undefined) return new Map();
  const [inner, ...outer] = elementsNamed(element, 'lvl').map((level) => pointsIn(level, epoch1904));
  if (inner === undefined || outer.length === 0) return inner ?? pointsIn(element, epoch1904);
  const above = (points: Points, at: number): string => [...points].reduce((found, [index, text]) => (index <= at ? text : found), '');
  return new Map([...inner].map(([at, text]) => [at, [...outer.toReversed().map((points) => above(points, at)), text].filter((label) => label !== '').join(' / ')]));
}

function pointsIn(element: Element, epoch1904: boolean): Points {
  const format = firstNamed(element, 'formatCode')?.textContent ?? '';
  return new Map(elementsNamed(element, 'pt').map((point) => {
    const text = firstNamed(point, 'v')?.textContent ?? (childElements(point).length === 0 ? (point.textContent ?? '') : '');
    return [Number(attributeOf(point, 'idx') ?? 0), dated(text, attributeOf(point, 'formatCode') ?? format, epoch1904)];
  }));
}

/** The part of the library that its types leave open. */
const formats = SSF as { is_date(format: string): boolean; parse_date_code(value: number, options: { date1904: boolean }): { y: number; m: number; d: number } | null };

/** A number that is shown as a date is the date, without its time. */
function dated(text: string, format: string, epoch1904: boolean): string {
  if (format === '' || !Number.isFinite(Number(text)) || !/[dy]|mmm/i.test(format) || !formats.is_date(format)) return text;
  const date = formats.parse_date_code(Number(text), { date1904: epoch1904 });
  return (date === null ? undefined : isoDate(date.y, date.m, date.d)) ?? text;
}

interface Column {
  readonly name: string;
  readonly points: Points;
}

/** A chart’s title, its kind, and the numbers that it draws: a row for each point, a column for the categories and one for each series; where series have categories of their own (the x of scattered points), a column for those of each. */
export function addChart(builder: DraftBuilder, place: ContentSource, chart: OfficeChart): void {
  const source = { ...place, part: chart.part };
  if (chart.title !== '') builder.block({ type: 'paragraph', text: chart.title, source });
  builder.block({ type: 'paragraph', text: chart.kind, source });
  const columns = columnsOf(chart.series);
  const points = [...new Set(columns.flatMap((column) => [...column.points.keys()]))].toSorted((a, b) => a - b);
  if (points.length === 0) return;
  withinTable(points.length, columns.length);
  builder.table({
    name: chart.title || chart.kind,
    columns: columnNames(columns.map(({ name }) => name), columns.length).map((name) => ({ name })),
    rows: points.map((point) => columns.map((column) => column.points.get(point) ?? null)),
    row_sources: points.map((_, at) => ({ ...source, row: at + 1 })),
    source,
  });
}

function columnsOf(series: readonly ChartSeries[]): Column[] {
  const shared = new Map<number, string>();
  const isShared = series.every(({ categories }) => [...categories].every(([at, text]) => (shared.has(at) ? shared.get(at) === text : shared.set(at, text) !== undefined)));
  const numbers = ({ name, values, sizes }: ChartSeries): Column[] => [{ name, points: values }, ...(sizes.size === 0 ? [] : [{ name: `${name} size`.trim(), points: sizes }])];
  if (isShared) return [{ name: '', points: shared }, ...series.flatMap(numbers)];
  return series.flatMap((one) => [{ name: `${one.name} x`.trim(), points: one.categories }, ...numbers(one)]);
}
