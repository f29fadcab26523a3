import type { NotRedecided, PolicyFlip, RedecisionReport } from '@symphainy/contracts';
import type { RedecideRequest } from '@symphainy/client';
import { useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { FilterSelect } from '../govern/search-field.js';
import { counted, formatCount, formatMoment } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { ProblemPanel } from '../ui/states.js';
import { addReports } from './what-if.model.js';
import { DecisionBadge, roleNames } from './verdict.js';

const DAY_MS = 86_400_000;
const periods = [['1', 'of the last day'], ['7', 'of the last 7 days'], ['30', 'of the last 30 days'], ['', 'of all time']] as const;

/** Which recorded intents of the caller's tenant a candidate would decide otherwise. Nothing is executed and nothing recorded. */
export function WhatIf({ title, candidate, ready }: { title: string; candidate: NonNullable<RedecideRequest['candidate']>; ready: boolean }) {
  const { me } = useAccount();
  const [days, setDays] = useState('30');
  const { report, problem, busy, run } = useRedecision(candidate, days);
  return (
    <section className="panel what-if" aria-label="What if">
      <div className="panel-head">
        <h2>{title}</h2>
        <div className="actions">
          <FilterSelect label="Period" value={days} options={periods.map(([value, text]) => [value, `Intents ${text}`] as const)} onChange={setDays} />
          <button type="button" className="button" disabled={!ready || busy} onClick={() => run()}>{busy ? 'Deciding again…' : 'Decide again'}</button>
        </div>
      </div>
      <p className="panel-empty">Recorded intents of {me.tenant_id} are decided again; nothing is executed. Each tenant’s auditors ask for their own.</p>
      {problem && <ProblemPanel title="It could not be asked" problem={problem} />}
      {report && <Report report={report} onMore={report.next_cursor === undefined || busy ? undefined : () => run(report)} />}
    </section>
  );
}

function useRedecision(candidate: NonNullable<RedecideRequest['candidate']>, days: string) {
  const { platform } = useAccount();
  const [state, setState] = useState<{ report?: RedecisionReport; problem?: Problem; busy: boolean }>({ busy: false });
  const run = (before?: RedecisionReport): void => {
    setState({ busy: true, ...(before && { report: before }) });
    const from = days === '' ? {} : { from: new Date(Date.now() - Number(days) * DAY_MS).toISOString() };
    const cursor = before?.next_cursor;
    platform.evidence.redecide({ candidate, ...from, ...(cursor !== undefined && { cursor }) }).then(
      (report) => setState({ busy: false, report: before === undefined ? report : addReports(before, report) }),
      (thrown: unknown) => setState({ busy: false, problem: problemOf(thrown), ...(before && { report: before }) }),
    );
  };
  return { ...state, run };
}

function Report({ report: { considered, equal, shifted, flips, undecided, not_redecided, next_cursor }, onMore }: { report: RedecisionReport; onMore: (() => void) | undefined }) {
  const counts = [['Decided again', considered], ['Flip', flips.length], ['Same, other policies', shifted], ['Equal', equal], ...(undecided.length > 0 ? [['Sealed or not readable, cannot be told', undecided.length] as const] : [])] as const;
  return (
    <div role="status">
      {not_redecided.length > 0 && <NotRedecidedList found={not_redecided} />}
      <dl className="bulk-counts what-if-counts">{counts.map(([name, count]) => <div key={name} className={name === 'Flip' && count > 0 ? 'count-bad' : undefined}><dt>{name}</dt><dd>{formatCount(count)}</dd></div>)}</dl>
      {flips.length > 0 && <FlipTable flips={flips} />}
      {flips.length === 0 && <p className="what-if-none"><Icon name="check" size={14} />None of {counted(considered, 'recorded intent')} would be decided otherwise.</p>}
      {next_cursor !== undefined && <button type="button" className="button button-quiet" disabled={onMore === undefined} onClick={onMore}>There are more: go on</button>}
    </div>
  );
}

const whyNot: Readonly<Record<NotRedecided['reason'], string>> = {
  moment: 'bounds what happens at one moment, which no record tells',
  unrecorded: 'lets in what was turned away without a record of the intent',
  as_recorded: 'what it makes of an intent is taken as it was recorded',
  later: 'is looked at after acceptance',
};

/** What the counts say nothing of, so that nobody takes their silence for an answer. */
function NotRedecidedList({ found }: { found: readonly NotRedecided[] }) {
  return (
    <div className="what-if-not">
      <p>Not part of this answer:</p>
      <ul>{found.map(({ list, key, field, reason }) => <li key={`${list} ${key} ${field ?? ''}`}><code>{list} {key}{field}</code> {whyNot[reason]}</li>)}</ul>
    </div>
  );
}

function FlipTable({ flips }: { flips: readonly PolicyFlip[] }) {
  return (
    <div className="scroll-x">
      <table className="plain flips">
        <caption className="visually-hidden">Intents that would be decided otherwise</caption>
        <thead><tr><th scope="col">Intent</th><th scope="col">Asked by</th><th scope="col">Was</th><th scope="col">Would be</th><th scope="col">Because of</th><th scope="col"><span className="visually-hidden">Explanation</span></th></tr></thead>
        <tbody>{flips.map((flip) => <FlipRow key={flip.execution_id} flip={flip} />)}</tbody>
      </table>
    </div>
  );
}

function FlipRow({ flip: { execution_id, intent_type, user_id, created_at, recorded, candidate, verdicts, bars } }: { flip: PolicyFlip }) {
  return (
    <tr>
      <th scope="row"><RouteLink to={{ page: 'execution', executionId: execution_id }} className="link">{intent_type}</RouteLink><br /><span className="quiet">{formatMoment(created_at)}</span></th>
      <td>{user_id}</td>
      <td><DecisionBadge decision={recorded} /></td>
      <td><DecisionBadge decision={candidate} /></td>
      <td>
        {bars?.recorded !== undefined && <p className="flip-why">no longer barred: {bars.recorded.message}</p>}
        {bars?.candidate !== undefined && <p className="flip-why">{bars.candidate.message} <code>{bars.candidate.rule_id ?? bars.candidate.code}</code></p>}
        {verdicts.map((verdict) => <p key={verdict.role} className="flip-why">{roleNames[verdict.role]}: {verdict.candidate.policies.length === 0 ? 'no policy permits it' : verdict.candidate.policies.map((id) => <code key={id}>{id}</code>)}</p>)}
      </td>
      <td><RouteLink to={{ page: 'decision', executionId: execution_id }} className="link" label={`Explain the recorded decision on ${intent_type}`}>Explain</RouteLink></td>
    </tr>
  );
}
