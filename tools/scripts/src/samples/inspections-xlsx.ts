import { SeededChoice } from './seeded-choice.js';
import { XML, xmlText, zipArchive } from './zip-archive.js';

type Cell = string | number | boolean | null | { readonly date: string };

/** What the test expects to find in the workbook, all of it put there on purpose. */
export const planted = { rows: 82, duplicates: 2, missingScores: 7, longestMinutes: 4_800, highestFee: 12_500, misspelled: 'Elecrical' } as const;

const HEADING = ['inspection_id', 'permit_number', 'discipline', 'inspector', 'inspected_on', 'passed', 'score', 'duration_min', 'reinspection_fee', 'contact_email', 'notes'];
const DISCIPLINES = ['Electrical', 'Structural', 'Plumbing', 'Erosion control', 'Fire safety'];
const INSPECTORS: readonly (readonly [string, string, number])[] = [['INS-03', 'D. Haverford', 2011], ['INS-07', 'L. Okafor', 2016], ['INS-11', 'P. Vandermeer', 2019], ['INS-14', 'S. Ramaswamy', 2022]];
const NOTES = ['Corrected on site', 'Panel schedule missing', 'Silt fence torn near inlet 3', 'Awaiting shop drawings', 'Access refused, rescheduled', 'No deficiencies'];

/** Two sheets: inspections (dates, numbers, texts, yes and no; some missing, a few outliers, two rows twice) and the inspectors. */
export function inspectionsXlsx(): Uint8Array {
  return zipArchive([
    ['[Content_Types].xml', CONTENT_TYPES],
    ['_rels/.rels', `${XML}<Relationships xmlns="${PACKAGE}"><Relationship Id="rId1" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ['xl/_rels/workbook.xml.rels', `${XML}<Relationships xmlns="${PACKAGE}"><Relationship Id="rId1" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${REL}/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="${REL}/styles" Target="styles.xml"/></Relationships>`],
    ['xl/workbook.xml', `${XML}<workbook xmlns="${MAIN}" xmlns:r="${REL}"><sheets><sheet name="Inspections" sheetId="1" r:id="rId1"/><sheet name="Inspectors" sheetId="2" r:id="rId2"/></sheets></workbook>`],
    ['xl/styles.xml', STYLES],
    ['xl/worksheets/sheet1.xml', sheetXml([HEADING, ...inspectionRows()])],
    ['xl/worksheets/sheet2.xml', sheetXml([['inspector_id', 'name', 'certified_since'], ...INSPECTORS])],
  ]);
}

export function inspectionRows(): Cell[][] {
  const choice = new SeededChoice(77_001);
  const rows: Cell[][] = Array.from({ length: planted.rows - planted.duplicates }, (_, at) => inspection(at + 1, choice));
  rows[16]![7] = planted.longestMinutes;
  rows[41]![8] = planted.highestFee;
  rows[58]![2] = planted.misspelled;
  rows.splice(30, 0, [...rows[12]!]);
  rows.splice(66, 0, [...rows[45]!]);
  return rows;
}

function inspection(number: number, choice: SeededChoice): Cell[] {
  const passed = choice.chance(0.78);
  return [
    `INSP-${String(2000 + number)}`,
    `BP-2026-${String(choice.whole(101, 240)).padStart(4, '0')}`,
    choice.of(DISCIPLINES),
    choice.of(INSPECTORS)[0],
    { date: choice.day('2026-01-05', 150) },
    passed,
    number % 13 === 0 ? null : Math.round((passed ? 78 + choice.fraction() * 21 : 41 + choice.fraction() * 28) * 10) / 10,
    choice.whole(25, 140),
    passed ? 0 : choice.of([85, 120, 180]),
    choice.chance(0.9) ? `site${choice.whole(1, 40)}@contractor.example` : null,
    choice.chance(0.35) ? choice.of(NOTES) : null,
  ];
}

function sheetXml(rows: readonly (readonly Cell[])[]): string {
  const body = rows.map((row, y) => `<row r="${y + 1}">${row.map((cell, x) => cellXml(cell, `${String.fromCharCode(65 + x)}${y + 1}`, y === 0)).join('')}</row>`).join('');
  return `${XML}<worksheet xmlns="${MAIN}"><sheetData>${body}</sheetData></worksheet>`;
}

/** Style 1 is a date, style 2 a heading. Days count from 30 December 1899. */
function cellXml(cell: Cell, address: string, heading: boolean): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return `<c r="${address}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${address}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (typeof cell === 'object') return `<c r="${address}" s="1"><v>${(Date.parse(`${cell.date}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86_400_000}</v></c>`;
  return `<c r="${address}"${heading ? ' s="2"' : ''} t="inlineStr"><is><t>${xmlText(cell)}</t></is></c>`;
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const CONTENT_TYPES = `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${OFFICE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${OFFICE}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${OFFICE}.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="${OFFICE}.worksheet+xml"/></Types>`;
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`;
