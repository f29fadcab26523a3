import { classOfFindings, detectData, type DataFinding, type Json } from '@symphainy/contracts';
import type { DraftDocument, DraftTable } from '../../model/draft-document.js';

/** What of a file shows itself as personal: by column of its tables, and in its text. */
export interface DetectedData {
  /** The class it asks for. */
  readonly classification: DataFinding['classification'];
  /** At most `FINDINGS_TOLD`; `where` is a JSON Pointer into the document, ending in a column's name for a table. */
  readonly findings: readonly DataFinding[];
}

/** Rows of a table that are looked at, spread over its whole length; a column is judged by its share of them. */
const ROWS_MAX = 1_000;
/** Characters of running text that are looked at. */
const TEXT_MAX = 2_000_000;
const FINDINGS_TOLD = 50;

/**
 * Forms that running text may hold, each checked by the detectors: mail addresses, international telephone numbers, social security numbers, payment cards in the groups they are printed in,
 * IBANs. A column of digits may pass a card's check digit by chance, a sentence seldom holds four groups of four.
 */
const FORMS = [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}/g, /\+\d[\d ().-]{8,18}\d/g, /\b\d{3}-\d{2}-\d{4}\b/g, /\b\d{4}([ -])\d{4}\1\d{4}\1\d{4}\b/g, /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g];

/** Undefined: nothing was found, which does not say that nothing is there. Deterministic. */
export function detectPersonal({ tables, blocks }: Pick<DraftDocument, 'tables' | 'blocks'>): DetectedData | undefined {
  const findings = [...tables.flatMap((table, index) => inTable(table, index)), ...inText(blocks.map(({ text }) => text))];
  const classification = classOfFindings(findings);
  return classification === undefined ? undefined : { classification, findings: findings.slice(0, FINDINGS_TOLD) };
}

function inTable({ columns, rows }: DraftTable, index: number): DataFinding[] {
  const every = Math.max(1, Math.ceil(rows.length / ROWS_MAX));
  const looked = rows.filter((_row, at) => at % every === 0);
  const byColumn = Object.fromEntries(columns.map(({ name }, column) => [name, looked.map((row) => row[column] ?? null)]));
  return detectData(byColumn as Json).map((finding) => ({ ...finding, where: `/tables/${index}/rows/*${finding.where.replace(/\/\*$/, '')}` }));
}

function inText(texts: readonly string[]): DataFinding[] {
  const text = texts.join('\n').slice(0, TEXT_MAX);
  const hits = new Map<string, DataFinding>();
  for (const form of FORMS) {
    for (const [found] of text.matchAll(form)) {
      for (const { detector, classification } of detectData(found)) {
        const before = hits.get(detector)?.hits ?? 0;
        hits.set(detector, { detector, classification, where: '/blocks/*/text', values: before + 1, hits: before + 1 });
      }
    }
  }
  return [...hits.values()];
}
