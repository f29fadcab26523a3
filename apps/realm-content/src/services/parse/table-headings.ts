/** What heads a table where no mark of the format says so: names, not values. */

export const isNumeric = (cell: string): boolean => /^[-+]?[$€£]?[\d.,]*\d[%]?$/.test(cell.trim()) && cell.trim() !== '';

/** Years head columns: `Scenario, 2007, 2008, 2009`, over rows that begin with a text. */
const isYearRow = (first: readonly string[]): boolean => first.length > 2 && !isNumeric(first[0]!) && first.slice(1).every((cell) => /^(19|20)\d\d$/.test(cell.trim())) && new Set(first).size === first.length;

export function isHeading(first: readonly string[], body: readonly (readonly string[])[]): boolean {
  if (isYearRow(first) && body.length > 0) return true;
  if (first.length === 0 || first.every((cell) => cell.trim() === '') || first.some((cell) => isNumeric(cell) || cell.length > 120)) return false;
  if (body.length === 0) return first.every((cell) => cell.trim() !== '');
  const filled = first.filter((cell) => cell.trim() !== '');
  if (new Set(filled.map((cell) => cell.trim().toLowerCase())).size < filled.length && !body.some((row) => row.some(isNumeric))) return false;
  if (isRecurring(first, body)) return false;
  return filled.length >= first.length * 0.5 && !body.some((row) => row.length === first.length && row.every((cell, at) => cell === first[at]));
}

/** Labels are not found again in their own columns; where two and half of all cells are, the row is one like the others. */
function isRecurring(first: readonly string[], body: readonly (readonly string[])[]): boolean {
  const again = first.filter((cell, at) => cell.trim() !== '' && body.some((row) => row[at] === cell)).length;
  return again >= 2 && again * 2 >= first.length;
}

/** Headings as columns: blanks become `column_3`, repeats `Name_2`. */
export function columnNames(heading: readonly string[], width: number): string[] {
  const used = new Map<string, number>();
  return Array.from({ length: width }, (_, at) => {
    const name = heading[at]?.replace(/\s+/g, ' ').trim() || `column_${at + 1}`;
    const times = (used.get(name) ?? 0) + 1;
    used.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}
