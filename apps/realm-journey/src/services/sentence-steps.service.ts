/**
 * A step of several sentences of which one states a condition: the condition holds for its own sentence only, so each sentence becomes a
 * substep. `Count the people. If one is missing, tell the fire service.` Sentences that begin with Otherwise stay with the one before.
 */
import { splitCondition } from '../language/condition.js';
import type { StepDraft } from '../model/step-draft.js';

interface Piece {
  start: number;
  end: number;
}

export function withSentenceSteps(draft: StepDraft): StepDraft {
  if (draft.children.length > 0) return { ...draft, children: draft.children.map(withSentenceSteps) };
  if (draft.continued_in !== undefined) return draft;
  const raw = draft.citation.quote;
  const pieces = sentences(raw);
  if (pieces.length < 2) return draft;
  const texts = pieces.map((p) => collapsed(raw.slice(p.start, p.end)));
  texts[0] = draft.text.slice(0, draft.text.length - collapsed(raw.slice(pieces[1]?.start)).length).trim();
  if (texts[0] === '' || !texts.some((text) => splitCondition(text).condition !== undefined)) return draft;
  const children = pieces.map(({ start, end }, i): StepDraft => ({
    label: String(i + 1),
    text: texts[i] ?? '',
    ...(draft.actor === undefined ? {} : { actor: draft.actor }),
    notes: [],
    citation: { ...draft.citation, quote: raw.slice(start, end), start: draft.citation.start + start, end: draft.citation.start + end },
    children: [],
  }));
  return { ...draft, lead: texts[0], children };
}

const collapsed = (text: string): string => text.replace(/\s+/g, ' ').trim();
const abbreviation = /(?:\b(?:e\.g|i\.e|etc|approx|no|nr|fig|dr|mr|mrs|ms|vs|cf|incl|min|max|st|inc|ltd)|^\s*(?:step\s+)?[([]?[\p{N}.]{1,8}|^\s*\p{L})\.$/iu;

function sentences(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const gap of text.matchAll(/(?<=[.!?])\s+(?=\p{Lu})/gu)) {
    if (abbreviation.test(text.slice(start, gap.index)) || /^(?:otherwise|if not|else)\b/i.test(text.slice(gap.index).trimStart())) continue;
    pieces.push({ start, end: gap.index });
    start = gap.index + gap[0].length;
  }
  return [...pieces, { start, end: text.length }];
}
