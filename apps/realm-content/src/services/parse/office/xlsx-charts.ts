import { elementsNamed } from '../xml-tree.js';
import { chartOf, type OfficeChart } from './charts.js';
import { attributeOf, OfficePackage } from './office-package.js';

const WORKBOOK = 'xl/workbook.xml';

/** The charts of each sheet by the sheet's name, in the order of its drawing. */
export function chartsOf(bytes: Uint8Array): ReadonlyMap<string, OfficeChart[]> {
  const file = new OfficePackage(bytes, /^xl\/(workbook\.xml|_rels\/|(worksheets|chartsheets|drawings)\/_rels\/|charts\/chart[^/]*\.xml$)/, 'XLSX');
  const found = new Map<string, OfficeChart[]>();
  if (!file.names.some((name) => name.startsWith('xl/charts/'))) return found;
  const sheets = file.relations(WORKBOOK);
  for (const sheet of elementsNamed(file.xml(WORKBOOK)!, 'sheet')) {
    const part = sheets.get(attributeOf(sheet, 'id') ?? '')?.target;
    if (part !== undefined) found.set(attributeOf(sheet, 'name') ?? '', targets(file, part, 'drawing').flatMap((drawing) => targets(file, drawing, 'chart', 'chartEx')).flatMap((chart) => chartOf(file, chart) ?? []));
  }
  return found;
}

const targets = (file: OfficePackage, part: string, ...types: readonly string[]): string[] => [...file.relations(part).values()].filter((relation) => types.includes(relation.type)).map((relation) => relation.target);
