/** What a line of running text is by its own look: formats without structure of their own (plain text, PDF, mail) share these readings. */

export interface MarkedItem {
  readonly marker: string;
  readonly text: string;
}

const ORDERED = /^(\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|(?:\d{1,3}\.){1,4}\d{1,3})[ \t]+(\S.*)$/s;
const LABELLED = /^((?:Step|STEP|Condition|Article|Section)[ \t]+\d{1,3}[.:)]?)[ \t]+(?:[-–—][ \t]+)?(\S.*)$/s;
const BULLET = /^([-–—*+•‣◦▪●○·☐☒☑]|[\u0080-\u009f\ue000-\uf8ff])[ \t]+(\S.*)$/s;

/** A bullet of a font of symbols has a character that says nothing: a control or one of private use. */
const PRIVATE = /^[\u0080-\u009f\ue000-\uf8ff]$/;

/** `1. Check the pump`, `a) …`, `2.3 …`, `• …`, `Step 4: …`. Years and plain numbers at the start of a sentence have no mark. */
export function markedItem(line: string): MarkedItem | undefined {
  const text = line.trim();
  const match = ORDERED.exec(text) ?? LABELLED.exec(text) ?? BULLET.exec(text);
  if (!match) return undefined;
  return isInitial(match[1]!, match[2]!) ? undefined : { marker: PRIVATE.test(match[1]!) ? '•' : match[1]!, text: match[2]!.trim() };
}

/** `M. Delacroix` and `M. Delacroix, Building Official` are names; `A. Check the pump` is an item: its second word is small. */
const isInitial = (marker: string, text: string): boolean => /^[A-Z]\.$/.test(marker) && !/^\S+\s+[a-z]/.test(text);

export const isBullet = (marker: string): boolean => /^[-–—*+•‣◦▪●○·☐☒☑]$/.test(marker);

/** `Permit number: BP-2026-0184`; the key is short and begins with a capital, the value follows on the line. */
export function keyValue(line: string): { key: string; value: string } | undefined {
  const match = /^([A-Z][^:]{0,47}?)\s*:\s+(\S.*)$/s.exec(line.trim());
  if (!match || match[1]!.split(/\s+/).length > 6 || /[.;!?]/.test(match[1]!.replace(/\b(No|Nos|St|Dr|Mr|Ms|Inc)\./g, ''))) return undefined;
  return match[2]!.length > 300 ? undefined : { key: match[1]!.trim(), value: match[2]!.trim() };
}

/** A short line in capitals without an end mark. */
export const isCapitalHeading = (line: string): boolean => {
  const text = line.trim();
  return text.length >= 4 && text.length <= 80 && text === text.toUpperCase() && /[A-Z]{3}/.test(text) && !/[.;,]$/.test(text) && !/\d{4,}/.test(text);
};

/** Depths of list items by how far they are set in, each deeper than the last by at least `step`. */
export class IndentLevels {
  private stack: number[] = [];
  constructor(private readonly step: number) {}

  level(indent: number): number {
    while (this.stack.length > 0 && indent < this.stack.at(-1)! - this.step / 2) this.stack.pop();
    if (this.stack.length === 0 || indent > this.stack.at(-1)! + this.step / 2) this.stack.push(indent);
    return this.stack.length;
  }

  reset(): void {
    this.stack = [];
  }
}
