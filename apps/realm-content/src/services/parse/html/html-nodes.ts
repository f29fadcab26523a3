import { html as htmlNames, type DefaultTreeAdapterTypes } from 'parse5';

export type HtmlNode = DefaultTreeAdapterTypes.Node;
export type HtmlElement = DefaultTreeAdapterTypes.Element;

/** Elements whose text nobody reads. */
export const SKIPPED = new Set(['script', 'style', 'noscript', 'template', 'head', 'svg', 'iframe', 'object', 'select', 'textarea']);
export const BLOCKS = new Set(['address', 'article', 'aside', 'blockquote', 'body', 'center', 'dd', 'details', 'dialog', 'div', 'dl', 'dt', 'fieldset', 'figcaption', 'figure', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'html', 'li', 'main', 'nav', 'ol', 'p', 'pre', 'section', 'summary', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'ul', 'caption']);
const LISTS = new Set(['ol', 'ul', 'dl', 'table']);

export const isElement = (node: HtmlNode): node is HtmlElement => 'tagName' in node && node.namespaceURI === htmlNames.NS.HTML;
export const attribute = (element: HtmlElement, name: string): string | undefined => element.attrs.find((a) => a.name === name)?.value;
export const hasBlock = (element: HtmlElement): boolean => element.childNodes.some((child) => isElement(child) && (BLOCKS.has(child.tagName) || hasBlock(child)));

/** Whether an element is, or somewhere holds, a list or a table. */
export const holdsItems = (element: HtmlElement): boolean => LISTS.has(element.tagName) || element.childNodes.some((child) => isElement(child) && holdsItems(child));

/** Elements of these names under `element`, not looking inside nested tables or inside what was found. */
export function descend(element: HtmlElement, names: readonly string[]): HtmlElement[] {
  return element.childNodes.flatMap((child) => {
    if (!isElement(child) || child.tagName === 'table') return [];
    return names.includes(child.tagName) ? [child] : descend(child, names);
  });
}

export function findElement(node: HtmlNode, name: string): HtmlElement | undefined {
  if (isElement(node) && node.tagName === name) return node;
  for (const child of 'childNodes' in node ? node.childNodes : []) {
    const found = findElement(child, name);
    if (found) return found;
  }
  return undefined;
}

/** A node's text; a picture's is what stands for it. */
export function textOf(node: HtmlNode): string {
  if ('value' in node && node.nodeName === '#text') return node.value;
  if (!('childNodes' in node) || (isElement(node) && SKIPPED.has(node.tagName))) return '';
  if (isElement(node) && node.tagName === 'br') return '\n';
  if (isElement(node) && node.tagName === 'img') return attribute(node, 'alt') ?? '';
  const text = node.childNodes.map(textOf).join('');
  return isElement(node) && BLOCKS.has(node.tagName) ? ` ${text} ` : text;
}

export const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
