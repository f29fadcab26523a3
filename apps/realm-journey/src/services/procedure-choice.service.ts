/**
 * Which list is a procedure. Each list gets the mean weight of its items as instructions (see `actionWeight`; an item that only names a
 * phase counts as its own list does), and its heading raises, lowers or rules it out.
 */
import { actionWeight } from '../language/action-form.js';
import { headingSense } from '../language/heading-sense.js';
import type { Line, OutlineItem, OutlineList } from '../model/outline.js';

export interface Candidate {
  readonly list: OutlineList;
  readonly score: number;
  readonly items: number;
}

/** A list is a procedure from this score on. */
export const MIN_SCORE = 0.6;
/** … or where every single item has this weight: a process told in the passive. */
const MIN_EACH = 0.5;
const PROMISE = 0.25;
const STEP_WORD = 0.6;
/** Lists without numbers need a heading that promises a procedure, and nearly all items instructions. */
const MIN_UNNUMBERED = 0.75;

/** All procedures in document order of their lists; a list inside a procedure is none of its own. */
export function findProcedures(outline: readonly OutlineList[]): Candidate[] {
  return outline.flatMap((list) => {
    const own = candidate(list);
    return own !== undefined ? [own] : list.items.flatMap((item) => findProcedures(item.lists));
  });
}

/** The best of them: numbered before unnumbered, then by score and length together; the first of equals. */
export function chooseProcedure(found: readonly Candidate[]): Candidate | undefined {
  const worth = ({ list, score, items }: Candidate) => (isNumbered(list) ? 10 : 0) + score * Math.log2(1 + Math.min(items, 30));
  return found.reduce<Candidate | undefined>((best, next) => (best === undefined || worth(next) > worth(best) ? next : best), undefined);
}

export const isNumbered = (list: OutlineList): boolean => list.style !== 'bullet' && list.style !== 'plain';

function candidate(list: OutlineList): Candidate | undefined {
  if (list.items.length < 2) return undefined;
  const sense = headingSense(list.heading?.text);
  const weights = list.items.map(itemWeight);
  const mean = average(weights);
  const stepWord = list.style === 'step';
  if (sense === 'other' && !stepWord) return undefined;
  if (!isNumbered(list)) return sense === 'procedure' && mean >= MIN_UNNUMBERED ? { list, score: mean, items: count(list) } : undefined;
  const score = mean + (sense === 'procedure' ? PROMISE : 0) + (stepWord ? STEP_WORD : 0);
  const told = score >= MIN_SCORE || weights.every((w) => w >= MIN_EACH);
  return mean > 0.2 || stepWord ? (told ? { list, score: Math.min(1, score), items: count(list) } : undefined) : undefined;
}

function itemWeight(item: OutlineItem): number {
  const first = /^(.*?[.!?])\s/.exec(item.line.text)?.[1] ?? item.line.text;
  const own = Math.max(actionWeight(item.line.text), actionWeight(first), isTitledStep(item) ? actionWeight(item.line.text.split(/:\s+/)[1] ?? '') : 0);
  const within = item.lists.filter((list) => list.items.length > 0 && headingSense(item.line.text) !== 'other').map((list) => average(list.items.map(itemWeight)));
  const told = item.line.kind === 'heading' && headingSense(item.line.text) !== 'other' ? average(item.notes.slice(0, 3).map((note) => actionWeight(note.text))) : 0;
  return Math.max(own, told, ...within, 0);
}

/** `Isolation: close the valve` – a short title before the instruction. */
const isTitledStep = (item: OutlineItem): boolean => /^[^:]{2,50}:\s+\S/.test(item.line.text);

const average = (weights: readonly number[]): number => (weights.length === 0 ? 0 : weights.reduce((a, b) => a + b, 0) / weights.length);
const count = (list: OutlineList): number => list.items.reduce((n, item) => n + 1 + item.lists.reduce((m, inner) => m + count(inner), 0), 0);

/** Unmarked paragraphs under a heading that promises a procedure, each an instruction, as a list. */
export function plainProcedures(lines: readonly Line[]): OutlineList[] {
  const sections: { heading: Line; lines: Line[] }[] = [];
  for (const line of lines) {
    if (line.kind === 'heading') sections.push({ heading: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections
    .filter(({ heading, lines: body }) => headingSense(heading.text) === 'procedure' && body.every((l) => l.kind === 'text'))
    .map(({ heading, lines: body }) => ({ style: 'plain' as const, heading, items: body.map((line) => ({ line, label: '', heading, notes: [], lists: [] })) }));
}
