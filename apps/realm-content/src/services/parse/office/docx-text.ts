import type { Element } from '@xmldom/xmldom';
import { childElements } from '../xml-tree.js';
import { attributeOf, firstNamed } from './office-package.js';

/** What stands in a document but is not part of its text: properties, deleted text, codes of fields. */
const SILENT = new Set(['pPr', 'rPr', 'sdtPr', 'sdtEndPr', 'del', 'moveFrom', 'delText', 'instrText', 'rt', 'footnoteReference', 'endnoteReference', 'commentReference', 'txbxContent', 'Fallback']);
const CHARACTERS: Readonly<Record<string, string>> = { tab: '\t', br: '\n', cr: '\n', noBreakHyphen: '\u2011', softHyphen: '' };

/** The text of a paragraph or of anything in one; text boxes and notes are not part of it. */
export function docxText(element: Element): string {
  const name = element.localName ?? '';
  if (SILENT.has(name)) return '';
  if (name === 't') return element.textContent ?? '';
  if (name === 'sym') return symbol(element);
  if (name === 'checkBox') return isChecked(element) ? '☒' : '☐';
  return CHARACTERS[name] ?? childElements(element).map(docxText).join('');
}

/** Text boxes anchored in a paragraph, those within others left to them. Where a drawing has two forms, the first counts. */
export function textBoxes(element: Element): Element[] {
  return childElements(element).flatMap((child) => (child.localName === 'Fallback' && childElements(element).length > 1 ? [] : child.localName === 'txbxContent' ? [child] : textBoxes(child)));
}

/** Marks that forms and lists set in fonts of symbols; others have no sure character. */
const SYMBOLS: Readonly<Record<string, string>> = { a8: '☐', '6f': '☐', fe: '☒', fd: '☒', '78': '☒', fc: '✓', a7: '▪', d8: '➢', e0: '→', b7: '•' };
const symbol = (element: Element): string => SYMBOLS[(attributeOf(element, 'char') ?? '').slice(-2).toLowerCase()] ?? '';

function isChecked(element: Element): boolean {
  const said = firstNamed(element, 'checked') ?? firstNamed(element, 'default');
  return said !== undefined && !['0', 'false'].includes(attributeOf(said, 'val') ?? '1');
}
