import { posix } from 'node:path';
import { unzipSync } from 'fflate';
import type { Element } from '@xmldom/xmldom';
import { failure } from '@symphainy/contracts';
import { elementsNamed, xmlRoot } from '../xml-tree.js';

/** Where a part points to. */
export interface Relation {
  readonly type: string;
  /** The part's name in the package; of an external relation, as it is written. */
  readonly target: string;
}

/** The parts of an Office file (Open Packaging Conventions) whose names match. Sizes were checked when the file was identified. */
export class OfficePackage {
  private readonly parts: Readonly<Record<string, Uint8Array>>;

  constructor(bytes: Uint8Array, wanted: RegExp, private readonly what: string) {
    try {
      this.parts = unzipSync(bytes, { filter: ({ name }) => wanted.test(name) });
    } catch (error) {
      throw failure('content.corrupt', { message: `the ${what} cannot be unpacked: one of its parts is damaged`, field: '/source', cause: error });
    }
  }

  get names(): string[] {
    return Object.keys(this.parts);
  }

  bytes(part: string): Uint8Array | undefined {
    return this.parts[part];
  }

  has(part: string): boolean {
    return Object.hasOwn(this.parts, part);
  }

  /** The part as XML; undefined where the package has none. */
  xml(part: string): Element | undefined {
    const bytes = this.parts[part];
    return bytes && xmlRoot(new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8').decode(bytes), `the part ${part} of the ${this.what}`);
  }

  /** The relations of a part, by id. */
  relations(part: string): ReadonlyMap<string, Relation> {
    const root = this.xml(`${posix.dirname(part)}/_rels/${posix.basename(part)}.rels`.replace(/^\.\//, ''));
    return new Map(root ? elementsNamed(root, 'Relationship').map((relation) => [relation.getAttribute('Id') ?? '', relationOf(relation, part)]) : []);
  }
}

function relationOf(relation: Element, part: string): Relation {
  const target = relation.getAttribute('Target') ?? '';
  const isInside = relation.getAttribute('TargetMode') !== 'External';
  const type = (relation.getAttribute('Type') ?? '').replace(/^.*\//, '');
  return { type, target: isInside ? (target.startsWith('/') ? target.slice(1) : posix.normalize(posix.join(posix.dirname(part), target))) : target };
}

/** An attribute by its local name, whatever its prefix: Strict and Transitional files differ in their namespaces. */
export const attributeOf = (element: Element | undefined, name: string): string | undefined => {
  const found = element === undefined ? undefined : [...element.attributes].find((attribute) => attribute.localName === name || attribute.name.endsWith(`:${name}`));
  return found?.value;
};

export const firstNamed = (element: Element | undefined, name: string): Element | undefined => (element === undefined ? undefined : elementsNamed(element, name)[0]);
