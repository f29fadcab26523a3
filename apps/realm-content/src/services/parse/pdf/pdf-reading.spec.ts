import { PDFDocument, PDFName, StandardFonts, type PDFFont } from 'pdf-lib';
import { parsePdf } from '../parse-pdf.js';
import { beadsOf } from './pdf-beads.js';
import { plainLetters, turnedTexts } from './pdf-right-to-left.js';

const LONG = Array.from({ length: 12 }, (_, at) => `Line ${at} of the body goes on about permits and roofs for a while, as such texts do.`);

type Draw = (text: (value: string, x: number, y: number, size?: number) => void, file: PDFDocument) => void;

async function onePage(draw: Draw) {
  const file = await PDFDocument.create();
  const font: PDFFont = await file.embedFont(StandardFonts.Helvetica);
  const page = file.addPage([500, 500]);
  draw((value, x, y, size = 9) => page.drawText(value, { x, y, size, font }), file);
  return parsePdf(await file.save({ useObjectStreams: false }));
}

const onePagesBlocks = async (draw: Draw): Promise<string[]> => (await onePage(draw)).blocks.map((block) => block.text.slice(0, 12));

describe('PDF - the order in which a page is read', () => {
  it('a header drawn last is read first; a second column drawn last is not', async () => {
    expect(await onePagesBlocks((text) => {
      LONG.forEach((line, at) => text(line.slice(0, 45), 40, 400 - at * 12));
      LONG.forEach((line, at) => text(`R${line.slice(0, 40)}`, 270, 400 - at * 12));
      text('Subject to Final Review', 200, 470);
    })).toEqual(['Subject to F', 'Line 0 of th', 'RLine 0 of t']);
  });

  it('a table in one of two columns takes no text of the other into its rows', async () => {
    const { blocks, tables } = await onePage((text) => {
      for (let at = 0; at < 16; at++) text(`Left ${at} goes on about permits and roofs for a while`, 40, 400 - at * 12);
      for (let at = 0; at < 6; at++) text(`Right ${at} goes on about permits and roofs for a while`, 280, 400 - at * 12);
      for (let at = 6; at < 18; at++) [`Harbour ${at}`, `${at}.50`, `${at * 7}`].forEach((cell, column) => text(cell, 280 + column * 70, 400 - at * 12));
    });
    expect(blocks.map(({ text }) => text.match(/(Left|Right) \d+/g)?.length ?? 0)).toEqual([16, 6, 0]);
    expect(tables.map(({ columns, rows }) => [columns.length, rows.length])).toEqual([[3, 12]]);
  });

  it('a bullet set larger than its text does not part it from the line in which it goes on', async () => {
    const file = await PDFDocument.create();
    const font = await file.embedFont(StandardFonts.Helvetica);
    const page = file.addPage([400, 400]);
    for (const [value, x, y, size] of [['-', 40, 300, 13], ['they appoint private practitioners, or panel appoint-', 52, 300, 9], ['ments, to cases of legal aid', 52, 288, 9]] as const) page.drawText(value, { x, y, size, font });
    const { blocks } = await parsePdf(await file.save());
    expect(blocks.map(({ text }) => text)).toEqual(['they appoint private practitioners, or panel appointments, to cases of legal aid']);
  });

  it('what a page is counted by, drawn first, is no heading, and gives the document no name', async () => {
    const { blocks, title } = await onePage((text) => {
      text('A-3', 240, 20, 11);
      text('TERMS USED', 40, 440);
      LONG.forEach((line, at) => text(line, 40, 400 - at * 12));
    });
    expect(blocks.filter(({ type }) => type === 'heading').map(({ text }) => text)).toEqual(['TERMS USED']);
    expect(title).not.toBe('A-3');
  });

  it('forms of Arabic letters within a word are those letters, so that the word is found', () => {
    expect(plainLetters('\u0643\u064f\ufe98\ufc60\ufe8e\u0628')).toBe('\u0643\u064f\u062a\u064e\u0651\u0627\u0628');
  });

  it('articles in a file that is damaged - none, and the text is read all the same', async () => {
    const file = await PDFDocument.create();
    file.addPage([200, 200]).node.set(PDFName.of('B'), PDFName.of('None'));
    file.catalog.set(PDFName.of('Threads'), file.context.obj([]));
    const whole = Buffer.from(await file.save({ useObjectStreams: false })).toString('latin1');
    for (const damaged of [whole, whole.replace('/Pages 2 0 R', '/Paces 2 0 R'), whole.replace('/Type /Catalog', '/Type /Catalpa')]) expect((await beadsOf(Buffer.from(damaged, 'latin1'))).size).toBe(0);
  });

  it('beads of articles say where reading begins', async () => {
    expect(await onePagesBlocks((text, file) => {
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
