import { decodePDFRawStream, PDFArray, PDFBool, PDFDict, PDFDocument, PDFHexString, PDFName, PDFRawStream, PDFString } from 'pdf-lib';
import type { Element } from '@xmldom/xmldom';
import { PlatformError } from '@symphainy/kernel';
import type { DraftBlock } from '../../../model/draft-document.js';
import { childElements, elementsNamed, xmlRoot } from '../xml-tree.js';

/** A form that a program draws (XFA 3.3): what its data hold. */
export interface XfaForm {
  /** Pages are drawn from the data when the file is opened; those within say nothing but that. */
  readonly isDynamic: boolean;
  /** Undefined: the data cannot be read. */
  readonly fields: readonly DraftBlock[] | undefined;
}

/** The form of a file in which pdf.js saw one. A file that the second library cannot open, an encrypted one among them, has data that cannot be read. */
export async function xfaOf(bytes: Uint8Array): Promise<XfaForm> {
  const catalog = await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: false }).then((pdf) => pdf.catalog, () => undefined);
  const form = catalog?.lookup(PDFName.of('AcroForm'));
  const root = form instanceof PDFDict ? datasetsOf(form.lookup(PDFName.of('XFA'))) : undefined;
  const data = root && (root.localName === 'datasets' ? [root] : elementsNamed(root, 'datasets')).flatMap(childElements).find((child) => child.localName === 'data');
  return { isDynamic: catalog?.lookup(PDFName.of('NeedsRendering')) === PDFBool.True, fields: data && fieldsOf(data) };
}

/** The part of that name, or the whole, where the form is one stream. */
function datasetsOf(xfa: unknown): Element | undefined {
  const stream = xfa instanceof PDFArray ? xfa.asArray().map((_, at) => xfa.lookup(at)).find((_, at, all) => isNamed(all[at - 1], 'datasets')) : xfa;
  if (!(stream instanceof PDFRawStream)) return undefined;
  try {
    return xmlRoot(new TextDecoder().decode(decodePDFRawStream(stream).decode()), 'the data of the form');
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'content.too_large') throw error;
    return undefined;
  }
}

const isNamed = (object: unknown, name: string): boolean => (object instanceof PDFString || object instanceof PDFHexString) && object.decodeText() === name;

/** Each element without others is a field, by its path from the form on; of several of one name, with its number from 0, as SOM expressions count (XFA 3.3, 3). */
function fieldsOf(data: Element): DraftBlock[] {
  const fields: DraftBlock[] = [];
  const visit = (element: Element, path: string): void => {
    const children = childElements(element);
    const value = children.length === 0 ? (element.textContent ?? '').trim() : '';
    if (children.length === 0 && path !== '') fields.push({ type: 'key_value', text: value === '' ? path : `${path}: ${value}`, key: path, value, source: { part: 'xfa/datasets', line: Math.max(1, element.lineNumber ?? 1) } });
    const times = new Map<string, number>();
    for (const { nodeName } of children) times.set(nodeName, (times.get(nodeName) ?? 0) + 1);
    const seen = new Map<string, number>();
    for (const child of children) {
      const at = seen.get(child.nodeName) ?? 0;
      seen.set(child.nodeName, at + 1);
      visit(child, `${path === '' ? '' : `${path}.`}${child.nodeName}${times.get(child.nodeName)! > 1 ? `[${at}]` : ''}`);
    }
  };
  visit(data, '');
  return fields;
}
