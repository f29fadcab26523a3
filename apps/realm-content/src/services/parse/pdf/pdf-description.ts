import type { PDFDocumentProxy } from 'pdfjs-dist';
import type { Json } from '@symphainy/kernel';

const MOST_TEXT = 2_000;
const MOST_MEMBERS = 200;
const MOST_BOOKMARKS = 1_000;
const MOST_LEVELS = 20;

/** What a PDF says of itself. */
export interface Description {
  readonly title: string | undefined;
  readonly members: { readonly [name: string]: Json | undefined };
}

/** Of the document's information dictionary, else its XMP: title, author, dates (RFC 3339 as far as they are told), and what programs made it; then all of the XMP and members of the writer's own. */
export async function describe(pdf: PDFDocumentProxy): Promise<Description> {
  const { info: said, metadata } = await pdf.getMetadata();
  const info = said as { readonly [name: string]: unknown };
  const xmp = new Map<string, unknown>(metadata === null ? [] : [...(metadata as Iterable<[string, unknown]>)]);
  const own = (name: string, ...others: string[]): string | undefined => textOf(info[name]) ?? others.map((other) => textOf(xmp.get(other))).find((text) => text !== undefined);
  const title = [info['Title'], xmp.get('dc:title')].map(textOf).find((text) => text !== undefined && !/^(untitled|microsoft word)/i.test(text));
  return {
    title,
    members: {
      author: own('Author', 'dc:creator'), subject: own('Subject', 'dc:description'), keywords: own('Keywords', 'pdf:keywords', 'dc:subject'), creator: own('Creator', 'xmp:creatortool'), producer: own('Producer', 'pdf:producer'),
      created: pdfDate(textOf(info['CreationDate'])) ?? own('', 'xmp:createdate'), modified: pdfDate(textOf(info['ModDate'])) ?? own('', 'xmp:modifydate'),
      custom: membersOf(Object.entries((info['Custom'] ?? {}) as object)), xmp: membersOf([...xmp]),
    },
  };
}

/** A text, or texts as one; undefined: nothing. */
function textOf(value: unknown): string | undefined {
  const text = Array.isArray(value) ? value.filter((one) => typeof one === 'string').join(', ') : value;
  return typeof text === 'string' ? text.trim().slice(0, MOST_TEXT) || undefined : undefined;
}

function membersOf(entries: readonly (readonly [string, unknown])[]): { [name: string]: Json } | undefined {
  const told = entries.slice(0, MOST_MEMBERS).flatMap(([name, value]) => (textOf(value) === undefined ? [] : [[name, textOf(value)!] as const]));
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

/** `D:20260102030405+01'00'` (ISO 32000-2, 7.9.4) → `2026-01-02T03:04:05+01:00`; as much as is told, never a guessed zone. */
export function pdfDate(text: string | undefined): string | undefined {
  const [, year, month, day, hour, minute, second = '00', zone, zoneHour, zoneMinute = '00'] = /^(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([Zz+-])(?:(\d\d)'?(\d\d)?'?)?)?/.exec(text ?? '') ?? [];
  if (year === undefined || month === undefined || day === undefined) return year === undefined ? undefined : [year, month].filter((part) => part !== undefined).join('-');
  if (hour === undefined || minute === undefined) return `${year}-${month}-${day}`;
  const offset = zone === undefined ? '' : zone.toUpperCase() === 'Z' || zoneHour === undefined ? 'Z' : `${zone}${zoneHour}:${zoneMinute}`;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`;
}

type Outline = Awaited<ReturnType<PDFDocumentProxy['getOutline']>>;

/** The bookmarks from first to last with their depth, from 1, and the page that they lead to where that can be told; undefined: there are none. */
export async function bookmarksOf(pdf: PDFDocumentProxy): Promise<Json | undefined> {
  const found: { level: number; title: string; dest: Outline[number]['dest'] }[] = [];
  const walk = (items: Outline, level: number): void => {
    for (const { title, dest, items: inner } of items) {
      if (found.length >= MOST_BOOKMARKS || level > MOST_LEVELS) return;
      found.push({ level, title: title.trim().slice(0, MOST_TEXT), dest });
      walk(inner as Outline, level + 1);
    }
  };
  walk((await pdf.getOutline()) ?? [], 1);
  const told: Json[] = [];
  for (const { level, title, dest } of found) {
    const page = await pageOf(pdf, dest);
    told.push({ level, title, ...(page === undefined ? {} : { page }) });
  }
  return told.length === 0 ? undefined : told;
}

async function pageOf(pdf: PDFDocumentProxy, dest: Outline[number]['dest']): Promise<number | undefined> {
  try {
    const place: unknown = (typeof dest === 'string' ? await pdf.getDestination(dest) : dest)?.[0];
    if (typeof place === 'number') return place + 1;
    return place === undefined || place === null ? undefined : (await pdf.getPageIndex(place as Parameters<PDFDocumentProxy['getPageIndex']>[0])) + 1;
  } catch {
    return undefined;
  }
}
