import type { ContentSource } from '@symphainy/contracts';
import type { ReactNode } from 'react';
import { isObject, listAt, objectsAt, textAt, type JsonObject } from './shape.js';
import { SourceMark } from './source-mark.js';

/** A structured procedure: its numbered steps, who does them, when, and the words of the document each rests on. */
export function SopViewer({ sop }: { sop: JsonObject }) {
  const purpose = isObject(sop['purpose']) ? textAt(sop['purpose'], 'text') : textAt(sop, 'purpose');
  const roles = listAt(sop, 'roles').filter((role) => typeof role === 'string');
  return (
    <article className="paper sop">
      <p role="heading" aria-level={2} className="heading heading-1">{textAt(sop, 'title') ?? 'Procedure'}</p>
      {purpose && <p>{purpose}</p>}
      {roles.length > 0 && <p className="sop-roles"><span className="quiet">Roles</span>{roles.map((role) => <span key={role} className="sop-role">{role}</span>)}</p>}
      <StepList steps={objectsAt(sop, 'steps')} />
    </article>
  );
}

function StepList({ steps }: { steps: readonly JsonObject[] }) {
  return (
    <ol className="sop-steps">
      {steps.map((step, index) => <SopStep key={textAt(step, 'id') ?? index} step={step} ordinal={textAt(step, 'number') ?? String(index + 1)} />)}
    </ol>
  );
}

function SopStep({ step, ordinal }: { step: JsonObject; ordinal: string }) {
  const { citation } = step;
  const source = isObject(citation) ? citation['source'] : step['source'];
  return (
    <li className="sop-step">
      <span className="sop-ordinal">{ordinal.replace(/[.)]$/, '')}</span>
      <div>
        <p className="sop-text"><span title={isObject(citation) ? textAt(citation, 'quote') : undefined}>{textAt(step, 'text', 'action', 'title')}</span><SourceMark source={isObject(source) ? (source as ContentSource) : undefined} /></p>
        <StepFacts step={step} />
        {objectsAt(step, 'notes').map((note, index) => <p key={index} className="sop-note">{textAt(note, 'text')}</p>)}
        {objectsAt(step, 'substeps').length > 0 && <StepList steps={objectsAt(step, 'substeps')} />}
      </div>
    </li>
  );
}

/** What was read out of a step's words: who, on which condition, what else, where it leads. */
function StepFacts({ step }: { step: JsonObject }) {
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Who', textAt(step, 'actor')],
    ['If', textAt(step, 'condition')],
    ['Otherwise', textAt(step, 'otherwise')],
    ['Then step', textAt(step, 'goto')],
    ['Otherwise step', textAt(step, 'otherwise_goto')],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  return known.length === 0 ? null : <dl className="sop-facts">{known.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}
