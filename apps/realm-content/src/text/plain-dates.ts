/** Dates as people write them, read only where they can be read in one way. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** YYYY-MM-DD, or undefined where the calendar has no such day. */
export function isoDate(year: number, month: number, day: number): string | undefined {
  if (year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1) return undefined;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > DAYS[month - 1]! + (leap ? 1 : 0)) return undefined;
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

/** Dates that read in one way only: ISO, and those that name their month. */
export function plainDate(text: string): string | undefined {
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(text);
  if (iso) return isoDate(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const named = /^(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})$/.exec(text) ?? swapped(/^([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/.exec(text));
  if (!named) return undefined;
  const month = MONTHS.indexOf(named[2]!.slice(0, 3).toLowerCase()) + 1;
  return month === 0 ? undefined : isoDate(Number(named[3]), month, Number(named[1]));
}

const swapped = (match: RegExpExecArray | null): string[] | undefined => (match ? [match[0], match[2]!, match[1]!, match[3]!] : undefined);

/** `2026-03-31 14:30` and its ISO forms; a zone is kept where it stands, and not guessed where it does not. */
export function plainDateTime(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  return match && plainDate(match[1]!) ? `${match[1]}T${match[2]}${match[3] ?? ':00'}${match[4] ?? ''}${match[5] ?? ''}` : undefined;
}
