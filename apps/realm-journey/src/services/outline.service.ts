/**
 * Lines as lists within lists. A line belongs to a list only when its number is the next one there, or begins one: that keeps dates,
 * figures, page numbers and citations out, which look like markers but count nothing.
 *
 * | line | outcome |
 * | its number is the next of an open list | continues it; lists within it are closed |
 * | number 1 in a style not open, or deeper | a list within the last item |
 * | number 1 in an open style | a new list |
 * | `4.1` under an item `4` | a list within that item; without one, a list of its own |
 * | anything else | plain text: a note to the last item, until a heading |
 */
import type { MarkerReading } from '../language/marker.js';
import type { Line, OutlineItem, OutlineList } from '../model/outline.js';

interface OpenList extends OutlineList {
  readonly key: string;
  readonly prefix: string;
  readonly level: number;
  last: number;
  /** Every item so far is numbered 1, as lazily written lists are. */
  lazy: boolean;
}

export function readOutline(lines: readonly Line[]): OutlineList[] {
  const reader = new OutlineReader();
  for (const line of lines) reader.take(line);
  return reader.roots;
}

class OutlineReader {
  readonly roots: OpenList[] = [];
  private open: OpenList[] = [];
  private heading: Line | undefined;
  private sinceHeading = false;

  take(line: Line): void {
    const placed = line.marker !== undefined && (this.continueList(line) || this.startList(line));
    if (line.kind === 'heading') {
      this.heading = line;
      this.sinceHeading = !placed;
    } else if (!placed) this.plain(line);
  }

  private continueList(line: Line): boolean {
    for (let depth = this.open.length - 1; depth >= 0; depth--) {
      const list = this.open[depth];
      if (list === undefined) continue;
      const reading = line.marker?.readings.find((r) => keyOf(line, r) === list.key);
      if (reading === undefined || !this.continues(list, reading, line)) continue;
      this.open.length = depth + 1;
      this.append(list, line, reading.relative === 'next' || list.lazy ? list.last + 1 : (reading.path.at(-1) ?? 0));
      return true;
    }
    return false;
  }

  private continues(list: OpenList, reading: MarkerReading, line: Line): boolean {
    const number = reading.path.at(-1) ?? 0;
    if (reading.style === 'bullet') return !this.sinceHeading && list.level === line.level;
    if (reading.relative === 'next') return !this.sinceHeading;
    if (this.sinceHeading && (reading.style === 'letter' || reading.style === 'roman' || reading.style === 'ordinal')) return false;
    list.lazy = number === 1 && !this.sinceHeading && list.level === line.level && line.block.type === 'list_item' && list.items.every((item) => item.line.marker?.label === '1') && list.items.at(-1)?.lists.length === 0;
    return list.lazy || number === list.last + 1;
  }

  private startList(line: Line): boolean {
    const reading = line.marker?.readings.find((r) => r.relative === undefined && (r.style === 'bullet' || r.path.at(-1) === 1));
    if (reading === undefined) return false;
    const parent = this.parentFor(line, reading);
    const list: OpenList = { style: reading.style, heading: parent?.line ?? this.heading, items: [], key: keyOf(line, reading), prefix: reading.path.slice(0, -1).join('.'), level: line.level, last: 0, lazy: false };
    (parent?.lists ?? this.roots).push(list);
    this.open.push(list);
    this.append(list, line, reading.path.at(-1) ?? 0);
    return true;
  }

  /** The item a new list goes into, closing what lies deeper; undefined for a list of its own. */
  private parentFor(line: Line, reading: MarkerReading): OutlineItem | undefined {
    if (reading.path.length > 1) return this.itemNumbered(reading.path.slice(0, -1).join('.'));
    const key = keyOf(line, reading);
    const same = this.open.findIndex((list) => list.key === key && line.level <= list.level);
    if (line.kind === 'heading' || same === 0 || this.sinceHeading) this.open = [];
    else if (same > 0) this.open.length = same;
    return this.open.at(-1)?.items.at(-1);
  }

  private itemNumbered(path: string): OutlineItem | undefined {
    for (let depth = this.open.length - 1; depth >= 0; depth--) {
      const item = this.open[depth]?.items.at(-1);
      if (item === undefined || item.label !== path) continue;
      this.open.length = depth + 1;
      return item;
    }
    this.open = [];
    return undefined;
  }

  private append(list: OpenList, line: Line, number: number): void {
    list.last = number;
    const label = list.lazy ? String(number) : (line.marker?.label ?? '');
    list.items.push({ line, label, heading: this.sectionOf(list), notes: [], lists: [] });
    this.sinceHeading = false;
  }

  /** A list within an item stays in that item's section. */
  private sectionOf(list: OpenList): Line | undefined {
    return list.heading === undefined || list.heading.kind === 'heading' ? this.heading : list.heading;
  }

  private plain(line: Line): void {
    if (this.sinceHeading) return;
    this.open.at(-1)?.items.at(-1)?.notes.push(line);
  }
}

const keyOf = (line: Line, reading: MarkerReading): string => [line.kind === 'heading' ? 'heading' : '', reading.style, reading.form, reading.path.slice(0, -1).join('.')].join('|') + (reading.style === 'bullet' ? line.level : '');
