import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import type { MarkdownParts } from '../measure/markdown-blocks.js';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const SKIPPED = new Set(['script', 'style', 'head', 'template']);

/** An HTML text walked plainly: its words, headings, list items with their depth, tables without spans. */
export function htmlParts(html: string): MarkdownParts {
  const parts: MarkdownParts & { text: string } = { text: '', headings: [], items: [], tables: [] };
  walk(parse(html), 0, parts);
  return { ...parts, text: textOf(parse(html)) };
}

function walk(node: Node, depth: number, parts: MarkdownParts): void {
  for (const child of 'childNodes' in node ? node.childNodes : []) {
    const tag = 'tagName' in child ? child.tagName : '';
    if (SKIPPED.has(tag)) continue;
    if (/^h[1-6]$/.test(tag)) parts.headings.push(squeeze(textOf(child)));
    if (tag === 'li') parts.items.push(`${depth} ${squeeze(ownText(child as Element))}`);
    if (tag === 'table') parts.tables.push(all(child as Element, ['tr']).map((row) => all(row, ['td', 'th']).map((cell) => squeeze(textOf(cell)))));
    walk(child, tag === 'ul' || tag === 'ol' ? depth + 1 : depth, parts);
  }
}

const ownText = (item: Element): string => item.childNodes.filter((child) => !('tagName' in child && (child.tagName === 'ul' || child.tagName === 'ol'))).map(textOf).join('');

const all = (element: Element, names: readonly string[]): Element[] => element.childNodes.flatMap((child) => (!('tagName' in child) ? [] : names.includes(child.tagName) ? [child] : all(child, names)));

function textOf(node: Node): string {
  if ('value' in node && node.nodeName === '#text') return node.value;
  if (!('childNodes' in node) || ('tagName' in node && SKIPPED.has(node.tagName))) return '';
  const text = node.childNodes.map(textOf).join('');
  return 'tagName' in node && /^(p|li|div|h\d|td|th|tr|br|dd|dt)$/.test(node.tagName) ? ` ${text} ` : text;
}

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
