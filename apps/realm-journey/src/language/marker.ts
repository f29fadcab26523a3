/** List markers at the start of a text, and what each may mean: `i.` is the letter i or the roman one. */

export type MarkerStyle = 'step' | 'decimal' | 'letter' | 'roman' | 'ordinal' | 'bullet';

export interface MarkerReading {
  readonly style: MarkerStyle;
  /** Tells lists apart that differ only in form: `1.` from `(1)`, `a` from `A`. */
  readonly form: string;
  /** `1.2.3` is [1, 2, 3]; other markers have one number. */
  readonly path: readonly number[];
  /** `next` for words such as Then and Finally, which only continue. */
  readonly relative?: 'next';
}

export interface Marker {
  /** As a reader says it: `1.2`, `b`, `iv`. */
  readonly label: string;
  /** Length of the marker in the text, white space after it included. */
  readonly length: number;
  readonly readings: readonly MarkerReading[];
}

const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty'];
const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth', 'eleventh', 'twelfth'];

const stepForm = /^(?:step|schritt|paso|étape|etape|passo|stap)\s*(?:no\.?\s*|#\s*)?(\d{1,3}(?:\.\d{1,3})*|[a-z]+)(?:\s*[:.)]\s*|\s+[–—-]\s+|\s+|$)/i;
const decimalForm = /^([([]?)(\d{1,3}(?:\.\d{1,3})*)([.)\]:]?|\s[–—-](?=\s))(?:\s+|$)/;
const letterForm = /^([([]?)([a-z]|[ivxlc]{2,7})([.)\]])\s+/i;
const bulletForm = /^([-*•‣◦●▪■□☐·–]|\[ \])\s+/;
const ordinalForm = /^(first of all|first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth(?:ly)?|sixth(?:ly)?|seventh|eighth|ninth|tenth|then|next|after that|afterwards|finally|lastly)(,\s*|\s+)/i;

/** The marker a text begins with. `heading` allows a bare number (`2 Scope`); elsewhere a single number needs punctuation. */
export function readMarker(text: string, heading = false): Marker | undefined {
  return stepMarker(text) ?? decimalMarker(text, heading) ?? letterMarker(text) ?? bulletMarker(text);
}

function stepMarker(text: string): Marker | undefined {
  const found = stepForm.exec(text);
  const label = found?.[1] ?? '';
  if (found === null) return undefined;
  const named = words.indexOf(label.toLowerCase()) + 1;
  const path = /^\d/.test(label) ? label.split('.').map(Number) : named > 0 ? [named] : pathOfLetters(label);
  if (path === undefined) return undefined;
  return { label: named > 0 ? String(named) : label, length: found[0].length, readings: [{ style: 'step', form: 'step', path }] };
}

const pathOfLetters = (label: string): number[] | undefined => {
  const roman = fromRoman(label);
  return /^[a-z]$/i.test(label) && roman !== 1 ? [label.toLowerCase().charCodeAt(0) - 96] : roman === undefined ? undefined : [roman];
};

function decimalMarker(text: string, heading: boolean): Marker | undefined {
  const found = decimalForm.exec(text);
  if (found === null) return undefined;
  const [all, open = '', digits = '', close = ''] = found;
  const path = digits.split('.').map(Number);
  const closed = close !== '' || open !== '';
  if (path.length === 1 && !closed && !heading) return undefined;
  if (open !== '' && !/^[)\]]/.test(close)) return undefined;
  return { label: digits, length: all.length, readings: [{ style: 'decimal', form: path.length > 1 ? '' : `${open}${close.trim()}`, path }] };
}

function letterMarker(text: string): Marker | undefined {
  const found = letterForm.exec(text);
  if (found === null) return undefined;
  const [all, open = '', label = '', close = ''] = found;
  if (open !== '' && close === '.') return undefined;
  const form = `${open}${close}${label === label.toUpperCase() ? 'A' : 'a'}`;
  const letter = label.length === 1 ? [{ style: 'letter' as const, form, path: [label.toLowerCase().charCodeAt(0) - 96] }] : [];
  const roman = fromRoman(label);
  const readings: MarkerReading[] = roman === undefined ? letter : roman === 1 ? [{ style: 'roman', form, path: [roman] }, ...letter] : [...letter, { style: 'roman', form, path: [roman] }];
  return readings.length === 0 ? undefined : { label, length: all.length, readings };
}

function bulletMarker(text: string): Marker | undefined {
  const found = bulletForm.exec(text);
  return found === null ? undefined : { label: '', length: found[0].length, readings: [{ style: 'bullet', form: found[1] ?? '', path: [0] }] };
}

/** `First,`, `Second,`, `Then`, `Finally,` at the start of a sentence. */
export function readOrdinal(sentence: string): Marker | undefined {
  const found = ordinalForm.exec(sentence);
  if (found === null) return undefined;
  const word = (found[1] ?? '').toLowerCase();
  const number = ordinals.findIndex((o) => word === o || word === `${o}ly` || (o === 'first' && word === 'first of all')) + 1;
  const base = { style: 'ordinal' as const, form: 'ordinal' };
  return { label: '', length: found[0].length, readings: [number > 0 ? { ...base, path: [number] } : { ...base, path: [0], relative: 'next' }] };
}

/** The number of a roman numeral in its one canonical spelling, up to 399. */
export function fromRoman(text: string): number | undefined {
  const upper = text.toUpperCase();
  if (!/^(?=.)C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/.test(upper)) return undefined;
  const values: Record<string, number> = { I: 1, V: 5, X: 10, L: 50, C: 100 };
  return [...upper].reduce((sum, letter, i) => {
    const value = values[letter] ?? 0;
    return sum + (value < (values[upper[i + 1] ?? ''] ?? 0) ? -value : value);
  }, 0);
}
