import type { Element } from '@xmldom/xmldom';
import { childElements, elementsNamed } from '../xml-tree.js';
import { attributeOf, firstNamed } from './office-package.js';

/** A level of a list: how its numbers are written and put together (ECMA-376, 17.9). */
interface ListLevel {
  readonly start: number;
  readonly format: string;
  /** `%1.%2)`: the numbers of the levels so far. */
  readonly text: string;
  /** All numbers in it are written as decimal ones. */
  readonly legal: boolean;
  readonly style: string | undefined;
}

interface List {
  /** Lists of one definition count on together. */
  readonly definition: string;
  readonly levels: readonly ListLevel[];
  /** Levels that this list begins anew, from here. */
  readonly starts: ReadonlyMap<number, number>;
}

/** What Word writes before the paragraphs of lists, and before numbered headings. */
export class DocxNumbering {
  private readonly lists = new Map<string, List>();
  private readonly counters = new Map<string, number[]>();
  private readonly begun = new Set<string>();

  constructor(root: Element | undefined) {
    if (!root) return;
    const definitions = new Map(elementsNamed(root, 'abstractNum').map((definition) => [attributeOf(definition, 'abstractNumId') ?? '', levelsOf(definition)]));
    for (const list of childElements(root).filter((child) => child.localName === 'num')) {
      const definition = attributeOf(firstNamed(list, 'abstractNumId'), 'val') ?? '';
      this.lists.set(attributeOf(list, 'numId') ?? '', overridden(list, definition, definitions.get(definition) ?? []));
    }
  }

  /** The level of a list that a style is bound to. */
  levelOfStyle(list: string, style: string): number | undefined {
    const at = this.lists.get(list)?.levels.findIndex((level) => level.style === style) ?? -1;
    return at < 0 ? undefined : at;
  }

  /** The mark of the next paragraph of a list: `•` for every bullet, `''` where the level shows none; undefined where there is no such list. */
  next(id: string, level: number): string | undefined {
    const list = this.lists.get(id);
    const own = list?.levels[level];
    if (!list || !own) return undefined;
    const counts = this.count(id, list, level);
    if (own.format === 'bullet') return '•';
    if (own.format === 'none') return '';
    return own.text.replace(/%(\d)/g, (_, digit: string) => {
      const at = Number(digit) - 1;
      return written(counts[at] ?? list.levels[at]?.start ?? 1, own.legal ? 'decimal' : (list.levels[at]?.format ?? 'decimal'));
    }).trim();
  }

  private count(id: string, list: List, level: number): readonly number[] {
    const counts = this.counters.get(list.definition) ?? [];
    this.counters.set(list.definition, counts);
    if (!this.begun.has(id)) for (const [at, start] of list.starts) counts[at] = start - 1;
    this.begun.add(id);
    for (let at = 0; at < level; at++) counts[at] ??= list.levels[at]!.start;
    counts[level] = (counts[level] ?? list.levels[level]!.start - 1) + 1;
    counts.length = level + 1;
    return counts;
  }
}

const levelsOf = (element: Element): ListLevel[] => childElements(element).filter((child) => child.localName === 'lvl').map(levelOf);

function levelOf(element: Element): ListLevel {
  const value = (name: string): string | undefined => attributeOf(childElements(element).find((child) => child.localName === name), 'val');
  return { start: Number(value('start') ?? 1), format: value('numFmt') ?? 'decimal', text: value('lvlText') ?? '', legal: value('isLgl') !== undefined && value('isLgl') !== '0', style: value('pStyle') };
}

function overridden(list: Element, definition: string, levels: readonly ListLevel[]): List {
  const own = [...levels];
  const starts = new Map<number, number>();
  for (const override of elementsNamed(list, 'lvlOverride')) {
    const at = Number(attributeOf(override, 'ilvl') ?? 0);
    const level = childElements(override).find((child) => child.localName === 'lvl');
    if (level) own[at] = levelOf(level);
    const start = attributeOf(childElements(override).find((child) => child.localName === 'startOverride'), 'val');
    if (start !== undefined) starts.set(at, Number(start));
  }
  return { definition, levels: own, starts };
}

function written(count: number, format: string): string {
  if (format === 'lowerLetter') return letters(count);
  if (format === 'upperLetter') return letters(count).toUpperCase();
  if (format === 'lowerRoman') return roman(count);
  if (format === 'upperRoman') return roman(count).toUpperCase();
  if (format === 'none' || format === 'bullet') return '';
  return format === 'decimalZero' ? String(count).padStart(2, '0') : String(count);
}

/** a … z, aa, bb, … as Word goes on. */
const letters = (count: number): string => (count < 1 ? '' : String.fromCharCode(97 + ((count - 1) % 26)).repeat(Math.min(10, Math.ceil(count / 26))));

const NUMERALS: readonly (readonly [number, string])[] = [[1000, 'm'], [900, 'cm'], [500, 'd'], [400, 'cd'], [100, 'c'], [90, 'xc'], [50, 'l'], [40, 'xl'], [10, 'x'], [9, 'ix'], [5, 'v'], [4, 'iv'], [1, 'i']];

function roman(count: number): string {
  let rest = Math.min(Math.max(count, 0), 9999);
  return NUMERALS.map(([value, numeral]) => {
    const times = Math.floor(rest / value);
    rest -= times * value;
    return numeral.repeat(times);
  }).join('');
}
