import { DOMParser, type Element, type Node } from '@xmldom/xmldom';
import { failure } from '@symphainy/contracts';

const MAX_DEPTH = 400;
/** Elements and texts; a tree takes some hundred bytes for each. */
const MAX_NODES = 2_000_000;

/** A definition of document types that stands outside of the document (XML 1.0, 2.8). */
export interface ExternalDtd {
  readonly public_id?: string;
  readonly system_id?: string;
}

/** The external DTD that a document names; it is never fetched. */
export function externalDtd(text: string): ExternalDtd | undefined {
  const [found, words, first, second] = /<!DOCTYPE\s+[^\s>[]+\s+(SYSTEM|PUBLIC)\s+("[^"]*"|'[^']*')(?:\s*("[^"]*"|'[^']*'))?/.exec(text) ?? [];
  if (found === undefined) return undefined;
  const [public_id, system_id] = (words === 'PUBLIC' ? [first, second] : [undefined, first]).map((literal) => literal?.slice(1, -1));
  return { ...(public_id === undefined ? {} : { public_id }), ...(system_id === undefined ? {} : { system_id }) };
}

/**
 * A well-formed XML text as a tree. One that defines entities is refused: a few lines of them can stand for gigabytes, and one can name a file or an address. So is one that uses entities which its external DTD would define (`content.unsafe`).
 */
export function xmlRoot(text: string, what = 'the XML'): Element {
  const isDefining = /<!DOCTYPE/i.test(text) && /<!ENTITY/i.test(text);
  if (isDefining) throw failure('content.unsafe', { message: `${what} defines ${/<!ENTITY\s+(%\s+)?[^\s>]+\s+(SYSTEM|PUBLIC)\s/.test(text) ? 'external entities, which are never fetched' : 'entities, which could stand for any amount of text'}`, field: '/source', fix: 'send the document with its entities written out, as `xmllint --noent` writes it' });
  const root = parsed(text, what);
  checkSize(root, what);
  return root;
}

function parsed(text: string, what: string): Element {
  const stop = (level: string, message: string): void => {
    if (level !== 'warning') throw new Error(message);
  };
  try {
    const root = new DOMParser({ onError: stop }).parseFromString(text.replace(/^\ufeff/, ''), 'text/xml').documentElement;
    if (root) return root;
  } catch (error) {
    const entity = externalDtd(text) && UNDEFINED_ENTITY.exec(text)?.[1];
    if (entity !== undefined) throw failure('content.unsafe', { message: `${what} uses the entity &${entity};, which at most its external DTD defines, and that is never fetched`, field: '/source', fix: 'send the document with its entities written out, as `xmllint --loaddtd --noent` writes it', cause: error });
    throw failure('content.corrupt', { message: `${what} is not well-formed`, field: '/source', cause: error });
  }
  throw failure('content.corrupt', { message: `${what} has no element`, field: '/source' });
}

/** All but those of XML itself. */
const UNDEFINED_ENTITY = /&(?!(?:lt|gt|amp|apos|quot);)([A-Za-z_][\w.-]{0,80});/;

/** Walked without recursion, because everything after it recurses. */
function checkSize(root: Element, what: string): void {
  let level: Node[] = [root];
  let nodes = 0;
  for (let depth = 0; level.length > 0; depth++) {
    nodes += level.length;
    if (depth > MAX_DEPTH || nodes > MAX_NODES) throw failure('content.too_large', { message: `${what} has more than ${MAX_DEPTH} levels or ${MAX_NODES} nodes`, field: '/source' });
    level = level.flatMap((node) => [...node.childNodes]);
  }
}

export const isElement = (node: Node): node is Element => node.nodeType === 1;
export const childElements = (element: Element): Element[] => [...element.childNodes].filter(isElement);

/** All elements of a local name below one, in document order. */
export const elementsNamed = (element: Element, name: string): Element[] => childElements(element).flatMap((child) => (child.localName === name ? [child] : elementsNamed(child, name)));
