import { objectsAt, isObject, textAt, type JsonObject } from './shape.js';
import { SourceMark } from './source-mark.js';

/** A structured procedure: its numbered steps, each with the place it was read from. Sub-steps nest. */
export function SopViewer({ sop }: { sop: JsonObject }) {
  const title = textAt(sop, 'title', 'name');
  const purpose = textAt(sop, 'purpose', 'summary', 'description');
  return (
    <article className="paper sop">
      {title && <p role="heading" aria-level={2} className="heading heading-1">{title}</p>}
      {purpose && <p>{purpose}</p>}
      <StepList steps={objectsAt(sop, 'steps')} />
    </article>
  );
}

function StepList({ steps }: { steps: readonly JsonObject[] }) {
  return (
    <ol className="sop-steps">
      {steps.map((step, index) => <SopStep key={textAt(step, 'id') ?? index} step={step} ordinal={textAt(step, 'number', 'marker', 'ordinal') ?? String(index + 1)} />)}
    </ol>
  );
}

function SopStep({ step, ordinal }: { step: JsonObject; ordinal: string }) {
  const title = textAt(step, 'title', 'action', 'text', 'instruction', 'name') ?? '';
  const text = textAt(step, 'text', 'instruction', 'description');
  const inner = [...objectsAt(step, 'steps'), ...objectsAt(step, 'substeps'), ...objectsAt(step, 'children')];
  const actor = textAt(step, 'actor', 'role', 'responsible');
  return (
    <li className="sop-step">
      <span className="sop-ordinal">{ordinal.replace(/[.)]$/, '')}</span>
      <div>
        <p>{title}{actor && <span className="step-note">{actor}</span>}<StepSource step={step} /></p>
        {text && text !== title && <p className="quiet">{text}</p>}
        {inner.length > 0 && <StepList steps={inner} />}
      </div>
    </li>
  );
}

function StepSource({ step }: { step: JsonObject }) {
  const { source, citation } = step;
  if (isObject(source)) return <SourceMark source={source} />;
  return isObject(citation) ? <SourceMark source={(isObject(citation['source']) ? citation['source'] : citation)} /> : null;
}
