import { elementsNamed } from '../xml-tree.js';
import { attributeOf, OfficePackage } from './office-package.js';

const WORKBOOK = 'xl/workbook.xml';

/** Cells of a workbook, in A1 form, by the name of their sheet. */
export type CellsBySheet = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The cells that hold a formula and not what it came to: programs that write workbooks without calculating leave them so, and whoever opens the file sees a value that it does not hold.
 * What the reader of cells gives for them is nothing, or a zero, so they are looked for in the sheets themselves.
 */
export function uncalculatedCells(bytes: Uint8Array): CellsBySheet {
  const file = new OfficePackage(bytes, /^xl\/(workbook\.xml|_rels\/workbook\.xml\.rels|worksheets\/[^/]*\.xml)$/, 'XLSX');
  const found = new Map<string, ReadonlySet<string>>();
  const workbook = file.xml(WORKBOOK);
  if (workbook === undefined) return found;
  const parts = file.relations(WORKBOOK);
  for (const sheet of elementsNamed(workbook, 'sheet')) {
    const part = file.bytes(parts.get(attributeOf(sheet, 'id') ?? '')?.target ?? '');
    const cells = part === undefined ? undefined : uncalculatedIn(part);
    if (cells !== undefined && cells.size > 0) found.set(attributeOf(sheet, 'name') ?? '', cells);
  }
  return found;
}

const FORMULA = Buffer.from('f>');
const FORMULA_WITH = Buffer.from('<f ');

function uncalculatedIn(part: Uint8Array): Set<string> | undefined {
  const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  if (!bytes.includes(FORMULA) && !bytes.includes(FORMULA_WITH) && !bytes.includes(':f ')) return undefined;
  return scanned(bytes.toString('utf8'));
}

/** Start tags of what matters in a sheet, with the text right behind them. */
const TAG = /<(?:[\w.-]+:)?(row|c|f|v|is)(?=[\s/>])([^<>]*)>([^<]*)/g;
const PLACE = /\sr=["']([A-Z]{1,3}\d+|\d+)["']/;

function scanned(xml: string): Set<string> {
  const open = new Set<string>();
  let [row, column, cell, hasFormula] = [0, 0, '', false];
  const close = (): void => void (hasFormula && cell !== '' && open.add(cell));
  for (const [, name, attributes, text] of xml.matchAll(TAG)) {
    const place = name === 'row' || name === 'c' ? PLACE.exec(attributes!)?.[1] : undefined;
    if (name === 'row') {
      close();
      [row, column, cell, hasFormula] = [place === undefined ? row + 1 : Number(place), 0, '', false];
    } else if (name === 'c') {
      close();
      column = place === undefined ? column + 1 : columnOf(place);
      [cell, hasFormula] = [place ?? `${columnName(column)}${row}`, false];
    } else if (name === 'f') hasFormula = true;
    else if (name === 'is' || text !== '') hasFormula = false;
  }
  close();
  return open;
}

/** `AB12` → 28. */
const columnOf = (place: string): number => [...place.replace(/\d+$/, '')].reduce((at, letter) => at * 26 + letter.charCodeAt(0) - 64, 0);

/** 28 → `AB`. */
function columnName(column: number): string {
  const rest = Math.floor((column - 1) / 26);
  return (rest > 0 ? columnName(rest) : '') + String.fromCharCode(65 + ((column - 1) % 26));
}
