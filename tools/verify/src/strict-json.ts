/** What JSON leaves to its readers, and evidence must not: members named twice, of which one reader takes the first and another the last, and numbers that lose digits as they are read (RFC 7493, sections 2.2 and 2.3). */

/** One object or list that is open while the text is walked. */
interface Open {
  /** Of an object: names of its members so far. */
  readonly names: Set<string> | undefined;
  /** Of the member or item under way. */
  at: string | number;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Every place where a text, which is known to be JSON, could be read in two ways; none: all readers agree on it. */
export function ambiguities(text: string): string[] {
  const found: string[] = [];
  const open: Open[] = [];
  for (let i = 0; i < text.length; ) {
    const inner = open[open.length - 1];
    const char = text[i]!;
    if (char === '"') {
      const end = endOfText(text, i);
      if (inner?.names !== undefined && isName(text, end)) nameMember(inner, JSON.parse(text.slice(i, end)) as string, open, found);
      i = end;
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      NUMBER.lastIndex = i;
      const number = NUMBER.exec(text)![0];
      if (losesDigits(number)) found.push(`${pointerOf(open)} is written as ${number.slice(0, 40)} and cannot be read as exactly that`);
      i += number.length;
    } else {
      if (char === '{' || char === '[') open.push({ names: char === '{' ? new Set() : undefined, at: char === '{' ? '' : 0 });
      else if (char === '}' || char === ']') open.pop();
      else if (char === ',' && typeof inner?.at === 'number') inner.at++;
      i++;
    }
  }
  return found;
}

function nameMember(object: Open, name: string, open: readonly Open[], found: string[]): void {
  object.at = name;
  if (object.names!.has(name)) found.push(`${pointerOf(open)} stands there twice`);
  object.names!.add(name);
}

/** The place behind a text's closing quotation mark. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
}

/** Whether the text that ends here is a member's name. */
function isName(text: string, end: number): boolean {
  let i = end;
  while (' \t\r\n'.includes(text[i] ?? '.')) i++;
  return text[i] === ':';
}

const losesDigits = (number: string): boolean => {
  const read = Number(number);
  return !Number.isFinite(read) || decimal(number) !== decimal(String(read));
};

/** A decimal number in one form: its digits without zeros around them, and the power of ten of the last. */
function decimal(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '0' : `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

const pointerOf = (open: readonly Open[]): string => open.map(({ at }) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
