/** A structured SOP out of step drafts and what was read from them. Pure; ids are places, so equal documents give equal SOPs. */
import type { Citation, Decision, Sop, SopStep } from '../model/sop.schema.js';
import type { StepDraft } from '../model/step-draft.js';

export interface SopParts {
  readonly title: string;
  readonly purpose?: { text: string; citation: Citation };
  readonly form: Sop['form'];
  readonly heading?: string;
  readonly drafts: readonly StepDraft[];
  readonly others: Sop['others'];
}

/** What the words of a draft say, as a step holds it. */
export type Reading = Pick<SopStep, 'actor' | 'action' | 'condition' | 'otherwise' | 'goto' | 'otherwise_goto'>;

export function assembleSop(parts: SopParts, read: (draft: StepDraft) => Reading): Sop {
  const steps = parts.drafts.map((draft, i) => assembleStep(draft, `s${i + 1}`, '', i, read));
  const all = steps.flatMap(withSubsteps);
  return {
    title: parts.title,
    ...(parts.purpose === undefined ? {} : { purpose: parts.purpose }),
    roles: [...new Set(all.flatMap((step) => step.actor ?? []))],
    form: parts.form,
    ...(parts.heading === undefined || parts.heading === '' ? {} : { heading: parts.heading }),
    steps,
    decisions: all.filter((step) => step.condition !== undefined).map(decisionOf),
    others: parts.others,
  };
}

export const withSubsteps = (step: SopStep): SopStep[] => [step, ...step.substeps.flatMap(withSubsteps)];

function assembleStep(draft: StepDraft, id: string, parentNumber: string, position: number, read: (draft: StepDraft) => Reading): SopStep {
  const number = numberOf(draft.label || String(position + 1), parentNumber);
  return {
    id,
    number,
    text: draft.text,
    ...read(draft),
    notes: [...draft.notes],
    citation: draft.citation,
    ...(draft.continued_in === undefined ? {} : { continued_in: [...draft.continued_in] }),
    substeps: draft.children.map((child, i) => assembleStep(child, `${id}_${i + 1}`, number, i, read)),
  };
}

/** A label that does not carry its parent's number gets it: `a` under `2` is `2.a`. */
const numberOf = (label: string, parent: string): string => (parent === '' || label.startsWith(`${parent}.`) ? label : `${parent}.${label}`);

function decisionOf(step: SopStep, index: number): Decision {
  const condition = step.condition ?? '';
  return { id: `d${index + 1}`, step: step.id, question: `${condition.replace(/^\p{Ll}/u, (c) => c.toUpperCase())}?`, yes: step.action, no: step.otherwise ?? 'Continue with the next step' };
}
