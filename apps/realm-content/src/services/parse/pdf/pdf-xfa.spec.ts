import { PDFDocument, PDFName, PDFString, PDFBool } from 'pdf-lib';
import { parsePdf } from '../parse-pdf.js';

const DATA = '<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data>\n<form1><owner><name>Ada &amp; Bo</name><phone/></owner>\n<item><price>5.00</price></item><item><price>7.50</price></item></form1></xfa:data></xfa:datasets>';

async function form(parts: readonly (readonly [string, string])[] | string, dynamic: boolean, acroField = false): Promise<Uint8Array> {
  const file = await PDFDocument.create();
  const page = file.addPage([300, 300]);
  page.drawText('Please wait...', { x: 20, y: 200, size: 12 });
  if (acroField) file.getForm().createTextField('owner.name').addToPage(page, { x: 20, y: 100, width: 100, height: 20 });
  const stream = (text: string) => file.context.register(file.context.flateStream(text));
  const xfa = typeof parts === 'string' ? stream(parts) : file.context.obj(parts.flatMap(([name, text]) => [PDFString.of(name), stream(text)]));
  file.getForm().acroForm.dict.set(PDFName.of('XFA'), xfa);
  if (dynamic) file.catalog.set(PDFName.of('NeedsRendering'), PDFBool.True);
  return file.save({ useObjectStreams: true, updateFieldAppearances: false });
}

const read = async (bytes: Uint8Array) => {
  const { blocks, metadata } = await parsePdf(bytes);
  return { pairs: blocks.flatMap(({ key, value, source }) => (key === undefined ? [] : [[key, value, source.part, source.line]])), xfa: metadata['xfa'] };
};
const FIELDS = [['form1.owner.name', 'Ada & Bo', 2], ['form1.owner.phone', '', 2], ['form1.item[0].price', '5.00', 3], ['form1.item[1].price', '7.50', 3]].map(([key, value, line]) => [key, value, 'xfa/datasets', line]);

describe('PDF forms that a program draws (XFA) - their data are read', () => {
  it.each([['its parts', [['preamble', '<xdp:xdp xmlns:xdp="x">'], ['datasets', DATA], ['postamble', '</xdp:xdp>']] as const], ['one stream', `<xdp:xdp xmlns:xdp="x">${DATA}</xdp:xdp>`]])('dynamic, in %s - fields by their path, and that its pages say nothing', async (_what, parts) => {
    expect(await read(await form(parts, true))).toEqual({ pairs: FIELDS, xfa: { form: 'dynamic', fields: 4 } });
  });

  it('with fields of its own besides - those are told, with their places', async () => {
    const { pairs, xfa } = await read(await form([['datasets', DATA]], false, true));
    expect([pairs.map(([key]) => key), xfa]).toEqual([['owner.name'], { form: 'static', fields: 4 }]);
  });

  it.each([['damaged', '<xfa:datasets><form1>'], ['a trap', '<!DOCTYPE a [<!ENTITY x "xx">]><a>&x;</a>']])('data that are %s - are told as not read', async (_what, data) => {
    expect(await read(await form([['datasets', data]], true))).toEqual({ pairs: [], xfa: { form: 'dynamic' } });
  });
});
