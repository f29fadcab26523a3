import { DOMParser, type Element, type Node } from '@xmldom/xmldom';
import { failure } from '@symphainy/contracts';

const MAX_DEPTH = 400;
/** Elements and texts; a tree takes some hundred bytes for each. */
const MAX_NODES = 2_000_000;

/** A well-formed XML text as a tree. One that defines entities is refused: a few lines of them can stand for gigabytes. */
export function xmlRoot(text: string, what = 'the XML'): Element {
  if (/<!ENTITY/i.test(text)) throw failure('content.unsafe', { message: `${what} defines entities, which could stand for any amount of text`, field: '/source' });
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
    throw failure('content.corrupt', { message: `${what} is not well-formed`, field: '/source', cause: error });
  }
  throw failure('content.corrupt', { message: `${what} has no element`, field: '/source' });
}

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
