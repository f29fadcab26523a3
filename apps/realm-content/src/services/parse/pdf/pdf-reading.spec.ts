import { PDFDocument, PDFName, StandardFonts, type PDFFont } from 'pdf-lib';
import { parsePdf } from '../parse-pdf.js';
import { beadsOf } from './pdf-beads.js';
import { turnedTexts } from './pdf-right-to-left.js';

const LONG = Array.from({ length: 12 }, (_, at) => `Line ${at} of the body goes on about permits and roofs for a while, as such texts do.`);

async function onePage(draw: (text: (value: string, x: number, y: number) => void, file: PDFDocument) => void): Promise<string[]> {
  const file = await PDFDocument.create();
  const font: PDFFont = await file.embedFont(StandardFonts.Helvetica);
  const page = file.addPage([500, 500]);
  draw((value, x, y) => page.drawText(value, { x, y, size: 9, font }), file);
  const { blocks } = await parsePdf(await file.save({ useObjectStreams: false }));
  return blocks.map((block) => block.text.slice(0, 12));
}

describe('PDF - the order in which a page is read', () => {
  it('a header drawn last is read first; a second column drawn last is not', async () => {
    expect(await onePage((text) => {
      LONG.forEach((line, at) => text(line.slice(0, 45), 40, 400 - at * 12));
      LONG.forEach((line, at) => text(`R${line.slice(0, 40)}`, 270, 400 - at * 12));
      text('Subject to Final Review', 200, 470);
    })).toEqual(['Subject to F', 'Line 0 of th', 'RLine 0 of t']);
  });

  it('articles in a file that is damaged - none, and the text is read all the same', async () => {
    const file = await PDFDocument.create();
    file.addPage([200, 200]).node.set(PDFName.of('B'), PDFName.of('None'));
    file.catalog.set(PDFName.of('Threads'), file.context.obj([]));
    const whole = Buffer.from(await file.save({ useObjectStreams: false })).toString('latin1');
    for (const damaged of [whole, whole.replace('/Pages 2 0 R', '/Paces 2 0 R'), whole.replace('/Type /Catalog', '/Type /Catalpa')]) expect((await beadsOf(Buffer.from(damaged, 'latin1'))).size).toBe(0);
  });

  it('beads of articles say where reading begins', async () => {
    expect(await onePage((text, file) => {
      text('drawn first, read second', 40, 400);
      text('drawn second, read first', 270, 400);
      const bead = (box: number[]) => file.context.register(file.context.obj({ R: box }));
      file.getPage(0).node.set(PDFName.of('B'), file.context.obj([bead([260, 300, 480, 450]), bead([30, 300, 250, 450])]));
      file.catalog.set(PDFName.of('Threads'), file.context.obj([]));
    })).toEqual(['drawn second', 'drawn first,']);
  });

  it('letters of an Arabic ligature, and a letter and its point, stay in their order', async () => {
    const page = { getOperatorList: () => Promise.resolve({ fnArray: [44, 44], argsArray: [[[{ unicode: '\u0644\u0627' }, -20, { unicode: '\u0628' }]], [[{ unicode: '\u05d0\u05bc' }]]] }) };
    const turned = [{ str: '\u0628\u0627\u0644', dir: 'rtl' }, { str: '\u05bc\u05d0', dir: 'rtl' }];
    expect(await turnedTexts(page as never, turned, 44)).toEqual(['\u0628\u0644\u0627', '\u05d0\u05bc']);
  });

  it('rows of words are rows, not a heading of many lines', async () => {
    const file = await PDFDocument.create();
    const font = await file.embedFont(StandardFonts.Helvetica);
    const page = file.addPage([400, 400]);
    [['Insured', 'Gabriel'], ['Claim', 'SF'], ['Policy', 'POL'], ['Phone', 'none'], ['Mileage', '9,800']].forEach((cells, at) => cells.forEach((cell, column) => page.drawText(cell, { x: 40 + column * 120, y: 300 - at * 11, size: 9, font })));
    const { tables } = await parsePdf(await file.save());
    expect(tables[0]!.cells!.filter((cell) => cell.column === 1).map((cell) => cell.text)).toEqual(['Insured', 'Claim', 'Policy', 'Phone', 'Mileage']);
  });
});
