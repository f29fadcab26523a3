import type { Element } from '@xmldom/xmldom';
import { childElements } from '../xml-tree.js';
import { attributeOf } from './office-package.js';

export interface ListPlace {
  readonly list: string;
  /** Undefined: the level that the style is bound to. */
  readonly level: number | undefined;
}

/** What a paragraph, or the style that it follows, says of its rank and its list. */
export interface ParagraphLook {
  /** 0 for the document's title, 1 to 9 for headings. */
  readonly heading: number | undefined;
  readonly place: ListPlace | undefined;
  /** The style that named the list. */
  readonly style: string;
}

interface Style {
  readonly name: string;
  readonly base: string | undefined;
  readonly properties: Element | undefined;
}

const MAX_BASES = 20;

/** The paragraph styles of a document, each with what it inherits. */
export class DocxStyles {
  private readonly styles = new Map<string, Style>();
  private readonly standard: string;

  constructor(root: Element | undefined) {
    let standard = '';
    for (const style of root ? childElements(root).filter((child) => child.localName === 'style' && attributeOf(child, 'type') === 'paragraph') : []) {
      const value = (name: string): string | undefined => attributeOf(childElements(style).find((child) => child.localName === name), 'val');
      const id = attributeOf(style, 'styleId') ?? '';
      if (attributeOf(style, 'default') === '1') standard = id;
      this.styles.set(id, { name: (value('name') ?? '').toLowerCase(), base: value('basedOn'), properties: childElements(style).find((child) => child.localName === 'pPr') });
    }
    this.standard = standard;
  }

  /** Of a paragraph, by its properties. */
  look(properties: Element | undefined): ParagraphLook {
    const own = valueOf(properties, 'pStyle') ?? this.standard;
    const chain = this.chain(own);
    const sources: (readonly [string, Element | undefined])[] = [['', properties], ...chain.map(([id, style]) => [id, style.properties] as const)];
    const listed = sources.find(([, source]) => childNamed(source, 'numPr') !== undefined && valueOf(childNamed(source, 'numPr'), 'numId') !== undefined);
    const number = listed && childNamed(listed[1], 'numPr');
    const list = valueOf(number, 'numId');
    const level = valueOf(number, 'ilvl');
    return {
      heading: headingOf(chain.map(([, style]) => style.name), sources.map(([, source]) => valueOf(source, 'outlineLvl')).find((rank) => rank !== undefined)),
      place: list === undefined || list === '0' ? undefined : { list, level: level === undefined ? undefined : Number(level) },
      style: listed?.[0] ?? '',
    };
  }

  /** A style and those it is based on, itself first. */
  private chain(id: string): [string, Style][] {
    const chain: [string, Style][] = [];
    for (let at: string | undefined = id; at !== undefined && chain.length < MAX_BASES; ) {
      const style: Style | undefined = this.styles.get(at);
      if (!style) break;
      chain.push([at, style]);
      at = style.base;
    }
    return chain;
  }
}

function headingOf(names: readonly string[], outline: string | undefined): number | undefined {
  if (names[0] === 'title') return 0;
  for (const name of names) {
    const level = /^heading (\d)$/.exec(name)?.[1];
    if (level !== undefined) return Number(level);
  }
  return outline !== undefined && Number(outline) < 9 ? Number(outline) + 1 : undefined;
}

export const childNamed = (element: Element | undefined, name: string): Element | undefined => element && childElements(element).find((child) => child.localName === name);
export const valueOf = (element: Element | undefined, name: string): string | undefined => attributeOf(childNamed(element, name), 'val');
