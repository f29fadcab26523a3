import { strToU8, zipSync } from 'fflate';
import { parseEmail } from './parse-email.js';
import { parsePptx } from './parse-pptx.js';

describe('e-mail - as it comes', () => {
  it('headers in letters that no mail may have - are read', async () => {
    const { blocks } = await parseEmail(Buffer.from('From: a@x.example\r\nReply-To: desk@x.example\r\nSubject: Geb\u00fchr \u0093A\u0094\r\nContent-Type: text/plain; charset=windows-1252\r\n\r\nGr\u00fc\u00dfe\r\n', 'latin1'));
    expect(blocks.map(({ key, value, text }) => [key, value ?? text])).toEqual([['From', 'a@x.example'], ['Reply-To', 'desk@x.example'], ['Subject', 'Gebühr “A”'], [undefined, 'Grüße']]);
  });
});

describe('PPTX - the order in which a slide is read', () => {
  it('its title is first, wherever it was drawn; shapes of a group follow in their order', async () => {
    const shape = (text: string, type?: string): string => `<p:sp><p:nvSpPr><p:nvPr>${type === undefined ? '' : `<p:ph type="${type}"/>`}</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`;
    const slide = `<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>${shape('body')}<p:grpSp>${shape('one')}<p:grpSp>${shape('two')}</p:grpSp></p:grpSp>${shape('Roofs', 'title')}</p:spTree></p:cSld></p:sld>`;
    const { blocks } = await parsePptx(zipSync({ 'ppt/slides/slide1.xml': strToU8(slide), 'ppt/presentation.xml': strToU8('<p:presentation xmlns:p="p"/>') }));
    expect(blocks.map(({ type, text }) => [type, text])).toEqual([['heading', 'Roofs'], ['paragraph', 'body'], ['paragraph', 'one'], ['paragraph', 'two']]);
  });
});
