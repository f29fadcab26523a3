import { PDFDocument, PDFName, PDFString, StandardFonts } from 'pdf-lib';
import { normalise } from '../../normalise/normalise.js';
import { parsePdf } from '../parse-pdf.js';
import { pdfDate } from './pdf-description.js';

/** A form with one field of each sort; what it is filled in with is up to `fill`. */
async function form(fill: (form: ReturnType<PDFDocument['getForm']>, file: PDFDocument) => void) {
  const file = await PDFDocument.create();
  const page = file.addPage([400, 600]);
  page.drawText('Application', { x: 50, y: 560, size: 12, font: await file.embedFont(StandardFonts.Helvetica) });
  const made = file.getForm();
  made.createTextField('owner.name').addToPage(page, { x: 50, y: 500, width: 100, height: 20, borderWidth: 0 });
  made.createCheckBox('agreed').addToPage(page, { x: 50, y: 440, width: 10, height: 10, borderWidth: 0 });
  const pay = made.createRadioGroup('pay');
  pay.addOptionToPage('cash', page, { x: 50, y: 400, width: 10, height: 10, borderWidth: 0 });
  pay.addOptionToPage('card', page, { x: 80, y: 400, width: 10, height: 10, borderWidth: 0 });
  const [town, days] = [made.createDropdown('town'), made.createOptionList('days')];
  town.addOptions(['Alden', 'Bo']);
  town.addToPage(page, { x: 50, y: 350, width: 100, height: 20, borderWidth: 0 });
  days.addOptions(['Mon', 'Tue', 'Wed']);
  days.enableMultiselect();
  days.addToPage(page, { x: 50, y: 250, width: 100, height: 60, borderWidth: 0 });
  made.createButton('send').addToPage('Send', page, { x: 50, y: 200, width: 50, height: 20 });
  const signature = file.context.register(file.context.obj({ Type: 'Annot', Subtype: 'Widget', FT: 'Sig', T: PDFString.of('signed'), Rect: [50, 100, 200, 150], F: 4, P: page.ref }));
  page.node.addAnnot(signature);
  made.acroForm.addField(signature);
  fill(made, file);
  return normalise(await parsePdf(await file.save({ useObjectStreams: false })));
}

const said = ({ blocks }: Awaited<ReturnType<typeof form>>) => blocks.map(({ key, value, text, source }) => [key ?? text, value, ...(key === undefined ? [] : [source.page, source.box])]);

describe('PDF forms - every field is told, filled in or not', () => {
  it('filled in - the value the form would send, at the place of the button that was chosen', async () => {
    expect(said(await form((fields) => {
      fields.getTextField('owner.name').setText('Ada');
      fields.getCheckBox('agreed').check();
      fields.getRadioGroup('pay').select('card');
      fields.getDropdown('town').select('Bo');
      fields.getOptionList('days').select(['Mon', 'Wed']);
    }))).toEqual([
      ['Application', undefined], ['owner.name', 'Ada', 1, [50, 500, 150, 520]], ['agreed', 'Yes', 1, [50, 440, 60, 450]], ['pay', 'card', 1, [80, 400, 90, 410]],
      ['town', 'Bo', 1, [50, 350, 150, 370]], ['days', 'Mon, Wed', 1, [50, 250, 150, 310]], ['signed', '', 1, [50, 100, 200, 150]],
    ]);
  });

  it('left blank - fields without a value, a box that is off, and no button that only sends', async () => {
    expect(said(await form(() => undefined)).map(([key, value]) => [key, value])).toEqual([['Application', undefined], ['owner.name', ''], ['agreed', 'Off'], ['pay', ''], ['town', ''], ['days', ''], ['signed', '']]);
  });

  it('a signature - is told as what it states', async () => {
    const document = await form((fields, file) => {
      const field = fields.acroForm.getAllFields().find(([one]) => one.getPartialName() === 'signed')![0];
      field.dict.set(PDFName.of('V'), file.context.register(file.context.obj({ Type: 'Sig', Filter: 'Adobe.PPKLite', ByteRange: [0, 1, 2, 3], Contents: PDFString.of('x'), Name: PDFString.of('Ada'), M: PDFString.of("D:20260102030405+01'00'"), Reason: PDFString.of('I agree') })));
    });
    expect(document.metadata['signatures']).toEqual([{ field: 'signed', name: 'Ada', date: '2026-01-02T03:04:05+01:00', reason: 'I agree' }]);
    expect(document.blocks.at(-1)).toMatchObject({ key: 'signed', value: 'Ada, 2026-01-02T03:04:05+01:00' });
  });
});

describe('PDF - what hangs on its pages, and what it says of itself', () => {
  it('notes are paragraphs of their author, a file that hangs on a page is one within it', async () => {
    const file = await PDFDocument.create();
    const page = file.addPage([300, 300]);
    const { context } = file;
    const stream = context.register(context.stream('a,b\n1,2\n', { Type: 'EmbeddedFile' }));
    const note = { Type: 'Annot', Rect: [10, 10, 30, 30], Contents: PDFString.of('Check the roof'), T: PDFString.of('Ada'), F: 4 };
    for (const one of [{ ...note, Subtype: 'Text' }, { ...note, Subtype: 'FreeText', DA: PDFString.of('/Helv 9 Tf') }, { ...note, Contents: PDFString.of(''), Subtype: 'FileAttachment', FS: { Type: 'Filespec', F: PDFString.of('pins.csv'), EF: { F: stream } } }]) page.node.addAnnot(context.register(context.obj(one as never)));
    const draft = await parsePdf(await file.save({ useObjectStreams: false }));
    expect(draft.blocks.map(({ text, source }) => [text, source.box])).toEqual([['[author: Ada]: Check the roof', [10, 8, 32, 30]], ['Check the roof', [10, 10, 30, 30]]]);
    expect(draft.embedded!.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([['pins.csv', 'a,b\n1,2\n']]);
  });

  it('title, author, keywords and dates are metadata, and so are bookmarks with their pages', async () => {
    const file = await PDFDocument.create();
    [file.addPage([100, 100]), file.addPage([100, 100])];
    file.setTitle('Permits');
    file.setAuthor('Port Alden');
    file.setKeywords(['roof', 'fee']);
    file.setCreationDate(new Date('2026-01-02T03:04:05Z'));
    const second = file.getPage(1).ref;
    const [outline, first, inner] = [file.context.nextRef(), file.context.nextRef(), file.context.nextRef()];
    file.context.assign(inner, file.context.obj({ Title: PDFString.of('Fees'), Parent: first, Dest: [second, 'Fit'] }));
    file.context.assign(first, file.context.obj({ Title: PDFString.of('Roofs'), Parent: outline, First: inner, Last: inner, Count: 1 }));
    file.context.assign(outline, file.context.obj({ Type: 'Outlines', First: first, Last: first, Count: 1 }));
    file.catalog.set(PDFName.of('Outlines'), outline);
    const { title, metadata } = await parsePdf(await file.save({ useObjectStreams: false }));
    expect(title).toBe('Permits');
    expect(metadata).toMatchObject({ author: 'Port Alden', keywords: 'roof fee', created: '2026-01-02T03:04:05Z', bookmarks: [{ level: 1, title: 'Roofs' }, { level: 2, title: 'Fees', page: 2 }] });
  });

  it.each([
    ["D:20260102030405+01'00'", '2026-01-02T03:04:05+01:00'], ['D:20260102030405Z', '2026-01-02T03:04:05Z'], ['D:20260102030405', '2026-01-02T03:04:05'], ['D:20260102', '2026-01-02'], ['D:2026', '2026'], ["D:20260102030405-0530", '2026-01-02T03:04:05-05:30'], ['soon', undefined],
  ])('the date %s - %s', (written, iso) => {
    expect(pdfDate(written)).toBe(iso);
  });
});
