import type { Element } from '@xmldom/xmldom';
import type { Json } from '@symphainy/kernel';
import { childElements, elementsNamed } from '../xml-tree.js';
import { attributeOf, type OfficePackage } from './office-package.js';

/** The parts that say what an Office file is (Open Packaging Conventions, part 2, 8). */
export const PROPERTY_PARTS = /^(_rels\/|docProps\/[^/]+\.xml$)/;

const MOST_TEXT = 2_000;
const MOST_CUSTOM = 200;

/** Metadata's name of each core property. */
const NAMES: Readonly<Record<string, string>> = { creator: 'author', subject: 'subject', keywords: 'keywords', description: 'description', category: 'category', contentStatus: 'status', language: 'language', lastModifiedBy: 'last_modified_by', created: 'created', modified: 'modified', version: 'version' };

/** Titles that programs give to what nobody named. */
const NO_TITLE = /^(powerpoint presentation|untitled.*|microsoft (word|excel|powerpoint).*|word document|document ?\d*|presentation ?\d*)$/i;

export interface CoreProperties {
  readonly title: string | undefined;
  readonly members: { readonly [name: string]: Json | undefined };
}

/** Title, author, dates and the like of an Office file, the program and company that made it, and properties of its own (`custom`); each only where it is told. */
export function coreProperties(file: OfficePackage): CoreProperties {
  const part = (type: string): Element | undefined => file.xml([...file.relations('').values()].find((relation) => relation.type === type)?.target ?? '');
  const core = new Map(childrenOf(part('core-properties')).map((child) => [child.localName ?? '', textOf(child)]));
  const program = new Map(childrenOf(part('extended-properties')).map((child) => [child.localName ?? '', textOf(child)]));
  const custom = childrenOf(part('custom-properties')).slice(0, MOST_CUSTOM).flatMap((one) => {
    const [name, value] = [attributeOf(one, 'name'), textOf(one)];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  const title = core.get('title');
  return {
    title: title === undefined || NO_TITLE.test(title) ? undefined : title,
    members: { ...Object.fromEntries(Object.entries(NAMES).map(([name, told]) => [told, core.get(name)])), application: program.get('Application'), company: program.get('Company'), custom: custom.length === 0 ? undefined : Object.fromEntries(custom) },
  };
}

const childrenOf = (root: Element | undefined): Element[] => (root === undefined ? [] : childElements(root));

/** Of an element, or of all within it: some properties are lists. */
function textOf(element: Element): string | undefined {
  const inner = elementsNamed(element, 'lpstr');
  const text = inner.length > 1 ? inner.map((one) => one.textContent ?? '').join(', ') : (element.textContent ?? '');
  return text.trim().slice(0, MOST_TEXT) || undefined;
}
