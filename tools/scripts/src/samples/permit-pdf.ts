import { PDFDocument, StandardFonts, type PDFFont, type PDFPage, rgb } from 'pdf-lib';

/** What the permit says; the test holds what is read against it. */
export const permit = {
  title: 'Construction Permit',
  fields: [
    ['Permit number', 'BP-2026-0184'],
    ['Issued', '12 March 2026'],
    ['Expires', '12 March 2028'],
    ['Applicant', 'Alden Water Utility District'],
    ['Contractor', 'Seabright Civil Works, License C-20917'],
    ['Site', '410 Harbor View Road, Port Alden'],
    ['Parcel', '0412-118-003'],
    ['Declared value', '$1,486,000.00'],
  ],
  scope:
    'This permit authorizes replacement of the Harbor View pump station: demolition of the existing wet well, construction of a new reinforced concrete wet well, three submersible pumps, an emergency generator in a sound-attenuated enclosure, and restoration of the public way.',
  feeHeading: ['Fee', 'Basis', 'Quantity', 'Rate', 'Amount'],
  fees: [
    ['Plan review', 'per sheet', '24', '$65.00', '$1,560.00'],
    ['Building permit', 'flat', '1', '$4,820.00', '$4,820.00'],
    ['Electrical permit', 'per circuit', '18', '$42.50', '$765.00'],
    ['Street opening', 'per square yard', '140', '$9.75', '$1,365.00'],
    ['Stormwater inspection', 'per visit', '6', '$180.00', '$1,080.00'],
    ['Technology surcharge', 'flat', '1', '$95.90', '$95.90'],
  ],
  total: '$9,685.90',
  conditions: [
    'Work shall follow the stamped plans dated 20 February 2026. Any change requires written approval of the Building Official before it is built.',
    'Construction noise is limited to weekdays from 7:00 to 18:00. Pile driving is limited to 9:00 to 16:00.',
    'A silt fence and inlet protection shall be in place before soil is disturbed and inspected after every rainfall above 0.5 inch.',
    'Bypass pumping capacity of 2,400 gallons per minute shall be tested and witnessed before the existing station is taken out of service.',
    'The contractor shall notify the District 72 hours before any interruption of sewer service.',
    'One traffic lane on Harbor View Road shall remain open at all times; flaggers are required during deliveries.',
    'Excavations deeper than 5 feet shall be shored under a plan sealed by a licensed engineer.',
    'Groundwater shall be settled and filtered before discharge; turbidity shall not exceed 25 NTU.',
    'The generator shall not exceed 62 dBA at the property line under full load.',
    'Concrete test cylinders shall be taken at a rate of one set per 50 cubic yards; reports go to the Building Official within 3 days.',
    'As-built drawings and pump test results shall be submitted within 30 days of substantial completion.',
    'This permit lapses if work has not begun by 12 September 2026 or stops for more than 180 days.',
  ],
  inspections: [
    ['Inspection', 'Stage', 'Notice'],
    ['Erosion control', 'Before excavation', '24 hours'],
    ['Foundation steel', 'Before each pour', '24 hours'],
    ['Electrical rough-in', 'Before cover', '48 hours'],
    ['Pump acceptance', 'Before switchover', '72 hours'],
    ['Final', 'At completion', '5 days'],
  ],
} as const;

const PAGE = { width: 612, height: 792, left: 64, right: 548 } as const;
const FEE_COLUMNS = [64, 206, 322, 402, 480] as const;
const INSPECTION_COLUMNS = [64, 232, 402] as const;
const MADE_AT = new Date(Date.UTC(2026, 2, 12));

/** Two pages: the permit's particulars and fee table, then numbered conditions and the inspections that are due. */
export async function permitPdf(): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(`${permit.title} BP-2026-0184`);
  pdf.setAuthor('City of Port Alden, Department of Inspections');
  pdf.setCreationDate(MADE_AT);
  pdf.setModificationDate(MADE_AT);
  pdf.setProducer('samples');
  pdf.setCreator('samples');
  const fonts = { plain: await pdf.embedFont(StandardFonts.Helvetica), bold: await pdf.embedFont(StandardFonts.HelveticaBold) };
  firstPage(new Sheet(pdf.addPage([PAGE.width, PAGE.height]), fonts));
  secondPage(new Sheet(pdf.addPage([PAGE.width, PAGE.height]), fonts));
  return pdf.save({ useObjectStreams: false });
}

function firstPage(sheet: Sheet): void {
  sheet.line('City of Port Alden · Department of Inspections', 9);
  sheet.space(14);
  sheet.line(permit.title, 22, true);
  sheet.space(10);
  for (const [key, value] of permit.fields) sheet.line(`${key}: ${value}`, 10.5);
  sheet.space(12);
  sheet.line('Scope of work', 14, true);
  sheet.paragraph(permit.scope, 10.5);
  sheet.space(12);
  sheet.line('Fees', 14, true);
  sheet.space(4);
  sheet.row(permit.feeHeading, FEE_COLUMNS, true);
  for (const fee of permit.fees) sheet.row(fee, FEE_COLUMNS);
  sheet.space(6);
  sheet.line(`Total fees: ${permit.total}`, 10.5, true);
  sheet.space(8);
  sheet.paragraph('Fees are due within 15 days of issue. Payment is recorded under receipt RC-2026-07731. A refund of plan review fees is not available once review has begun.', 10.5);
}

function secondPage(sheet: Sheet): void {
  sheet.line('Conditions of approval', 14, true);
  sheet.space(4);
  permit.conditions.forEach((condition, at) => sheet.item(`${at + 1}.`, condition, 10.5));
  sheet.space(10);
  sheet.line('Required inspections', 14, true);
  sheet.space(4);
  permit.inspections.forEach((row, at) => sheet.row(row, INSPECTION_COLUMNS, at === 0));
  sheet.space(16);
  sheet.line('Issued by: M. Delacroix, Building Official', 10.5);
  sheet.line('Questions: permits@portalden.example', 10.5);
}

/** Writes down a page from its top. */
class Sheet {
  private y: number = PAGE.height - 72;

  constructor(
    private readonly page: PDFPage,
    private readonly fonts: { readonly plain: PDFFont; readonly bold: PDFFont },
  ) {}

  space(points: number): void {
    this.y -= points;
  }

  line(text: string, size: number, bold = false, x: number = PAGE.left): void {
    this.write(text, x, size, bold);
    this.y -= size * 1.4;
  }

  paragraph(text: string, size: number, x: number = PAGE.left): void {
    for (const line of this.wrap(text, size, PAGE.right - x)) this.line(line, size, false, x);
  }

  item(marker: string, text: string, size: number): void {
    this.write(marker, PAGE.left, size, false);
    this.paragraph(text, size, PAGE.left + 24);
    this.y -= 3;
  }

  row(cells: readonly string[], columns: readonly number[], heading = false): void {
    cells.forEach((cell, at) => this.write(cell, columns[at]!, 10, heading));
    this.y -= 5;
    this.page.drawLine({ start: { x: PAGE.left, y: this.y }, end: { x: PAGE.right, y: this.y }, thickness: heading ? 1 : 0.4, color: rgb(0.6, 0.6, 0.6) });
    this.y -= 12;
  }

  private write(text: string, x: number, size: number, bold: boolean): void {
    this.page.drawText(text, { x, y: this.y, size, font: bold ? this.fonts.bold : this.fonts.plain, color: rgb(0.1, 0.1, 0.12) });
  }

  private wrap(text: string, size: number, width: number): string[] {
    const lines: string[] = [];
    for (const word of text.split(' ')) {
      const grown = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
      if (lines.length > 0 && this.fonts.plain.widthOfTextAtSize(grown, size) <= width) lines[lines.length - 1] = grown;
      else lines.push(word);
    }
    return lines;
  }
}
