import type { Json } from '@symphainy/contracts';
import type { EffectStage, StepEffect, TimelineStepStatus, Word } from '../timeline/timeline.model.js';
import { CopyText } from '../ui/copy-text.js';
import { shortHash } from '../ui/format.js';
import { JsonView } from '../ui/json-view.js';

const stages: Record<EffectStage, string> = {
  previewed: 'Previewed; nothing was done yet',
  awaits_approval: 'Waits for somebody else than its submitter to approve it',
  approved: 'Approved; about to be made',
  intended: 'Intended and sent; its answer is awaited',
  unknown: 'It was sent and nothing came back: it may have happened',
  completed: 'Made',
  did_not_happen: 'It did not happen; tried again',
};

const UNSENT: ReadonlySet<EffectStage> = new Set(['previewed', 'awaits_approval', 'approved']);

/** How far an effect came, and by whose word. */
export function EffectDetails({ effect, status }: { effect: StepEffect; status: TimelineStepStatus }) {
  const { stage, binding, key, approval, resolution } = effect;
  const isNews = status === 'running' || status === 'unknown' || status === 'waiting_retry';
  return (
    <div className="effect">
      <p className={stage === 'unknown' ? 'effect-unknown' : undefined}>{isNews || stage === 'completed' ? stages[stage] : endedText(stage)}{binding !== undefined && <> · <code>{binding}</code></>}{key !== undefined && <> · key <CopyText value={key} shown={shortHash(key)} label="effect key" /></>}</p>
      {approval && <p>Approved by <Told word={approval} /></p>}
      {resolution && <p>{resolution.happened ? 'It happened' : 'It did not happen'}, said <Told word={resolution} /></p>}
      <Shown name="preview" value={effect.preview} open={stage === 'awaits_approval'} />
      <Shown name="receipt" value={effect.receipt} open={false} />
    </div>
  );
}

/** Of a step that has ended without its effect having been made. */
const endedText = (stage: EffectStage): string => (UNSENT.has(stage) ? 'It was not made' : 'It was sent');

function Told({ word: { by, reason } }: { word: Word }) {
  return <><strong>{by}</strong>{reason !== '' && `: ${reason}`}</>;
}

function Shown({ name, value, open }: { name: string; value: Json | undefined; open: boolean }) {
  return value === undefined || value === null ? null : <JsonView value={{ [name]: value }} openTo={open ? 3 : 1} />;
}
