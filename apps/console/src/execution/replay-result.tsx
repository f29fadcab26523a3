import type { ReplayReport, StepComparison } from '@symphainy/contracts';
import type { ReactNode } from 'react';
import { counted, shortHash } from '../ui/format.js';
import { Icon } from '../ui/icon.js';

const reasons: Record<NonNullable<StepComparison['reason']>, string> = {
  not_deterministic: 'its capability does not claim to be deterministic',
  taken_from_record: 'its kind is taken from the record, never run again',
  another_build: 'another build answered than the recorded one',
  tool: 'it used a tool, whose answer is not recorded',
  erased: 'what it read was erased',
  no_answer: 'nobody ran it in time',
};

/** What a replay found: whether the chain holds, whether the fold is what was live, and what diverged. */
export function ReplayResult({ report }: { report: ReplayReport }) {
  const { mode, chain_valid, equal_to_live, diverged, frames, steps } = report;
  return (
    <div className="replay">
      <ul className="replay-facts">
        <Fact ok={chain_valid}>{chain_valid ? 'The chain holds' : 'The chain is broken'}</Fact>
        {mode === 'events_only' && frames && <Fact ok>{counted(frames.length, 'frame')} read in order{report.next_seq === undefined ? '' : ', the first page'}</Fact>}
        {equal_to_live !== undefined && <Fact ok={equal_to_live}>{equal_to_live ? 'The fold equals the live state' : 'The fold differs from the live state'}</Fact>}
        {diverged !== undefined && <Fact ok={!diverged}>{diverged ? 'A step diverged from its record' : 'No step diverged from its record'}</Fact>}
      </ul>
      {steps !== undefined && steps.length > 0 && <Comparisons steps={steps} />}
    </div>
  );
}

function Fact({ ok, children }: { ok: boolean; children: ReactNode }) {
  return <li className={ok ? 'badge badge-good' : 'badge badge-bad'}><Icon name={ok ? 'check' : 'alert'} size={14} /><span>{children}</span></li>;
}

function Comparisons({ steps }: { steps: readonly StepComparison[] }) {
  return (
    <div className="scroll-x">
      <table className="plain">
        <caption className="visually-hidden">Each recorded result, held against what the step gives now</caption>
        <thead><tr><th scope="col">Step</th><th scope="col">Found</th><th scope="col">Recorded</th><th scope="col">Recomputed</th></tr></thead>
        <tbody>
          {steps.map((step) => (
            <tr key={`${step.step} ${step.attempt} ${step.recorded_hash ?? ''}`}>
              <th scope="row">{step.step}<span className="quiet"> {step.kind}{step.attempt > 1 && ` · attempt ${step.attempt}`}</span></th>
              <td><Found step={step} /></td>
              <td><Hash value={step.recorded_hash} /></td>
              <td><Hash value={step.recomputed_hash} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Found({ step: { comparison, reason, field } }: { step: StepComparison }) {
  if (comparison === 'equal') return <span className="toned tone-completed">Equal</span>;
  if (comparison === 'diverged') return <><span className="toned tone-failed">Diverged</span>{field !== undefined && <> at <code>{field}</code></>}</>;
  return <span className="quiet">Not compared{reason !== undefined && `: ${reasons[reason]}`}</span>;
}

function Hash({ value }: { value: string | undefined }) {
  return value === undefined ? <span className="quiet">—</span> : <code title={value}>{shortHash(value)}</code>;
}
