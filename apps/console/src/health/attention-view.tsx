import { useAnswer } from '../govern/ask-city.js';
import type { BudgetAnswer, Finding, Recommendation } from '../govern/city-answers.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { counted, formatAgo, formatMoment, formatShare, humanName, shortId } from '../ui/format.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { RouteLink } from '../ui/route-link.js';
import { StatusMark } from '../ui/status.js';
import { useNow } from '../ui/use-now.js';

export function AttentionView({ tenant }: { tenant: string }) {
  const findings = useAnswer<{ findings: readonly Finding[] }>('list_findings', tenant);
  const budgets = useAnswer<{ budgets: readonly BudgetAnswer[] }>('list_budgets', tenant);
  const recommendations = useAnswer<{ recommendations: readonly Recommendation[] }>('list_recommendations', tenant);
  if (findings.problem) return <ReadingProblem problem={findings.problem} what="Findings" />;
  return (
    <>
      <section className="govern-group" aria-label="Findings">
        <h2 className="govern-group-head">What needs attention in {tenant} now</h2>
        {findings.value === undefined && <Skeleton rows={3} label="Asking Nurse" />}
        {findings.value?.findings.length === 0 && <EmptyState icon="check" title="Nothing needs attention">Nurse watches tenants whose healing is not off, or that have an objective or an escalation rule.</EmptyState>}
        {findings.value && findings.value.findings.length > 0 && <ul className="attention-list">{findings.value.findings.map((finding) => <FindingItem key={finding.key} finding={finding} />)}</ul>}
      </section>
      <section className="govern-group" aria-label="Error budgets">
        <h2 className="govern-group-head">Error budgets</h2>
        {budgets.problem && <ProblemPanel problem={budgets.problem} title="Budgets could not be read" />}
        {budgets.value === undefined && budgets.problem === undefined && <Skeleton rows={2} label="Loading budgets" />}
        {budgets.value?.budgets.length === 0 && <p className="panel-empty">No objective is set: <code>set_objective</code> says what {tenant} expects of a capability.</p>}
        <ul className="budgets">{budgets.value?.budgets.map((budget) => <Budget key={budget.objective.intent_type} budget={budget} />)}</ul>
      </section>
      <section className="govern-group" aria-label="Recommendations">
        <h2 className="govern-group-head">Recommendations</h2>
        {recommendations.problem && <ProblemPanel problem={recommendations.problem} title="Recommendations could not be read" />}
        {recommendations.value?.recommendations.length === 0 && <p className="panel-empty">Nurse recommended nothing yet.</p>}
        {recommendations.value && recommendations.value.recommendations.length > 0 && <RecommendationTable recommendations={recommendations.value.recommendations} />}
      </section>
    </>
  );
}

const isExecution = (subject: string): boolean => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(subject);

function FindingItem({ finding: { kind, subject, since, detail, advice } }: { finding: Finding }) {
  const now = useNow(10_000);
  return (
    <li className="attention-item">
      <StatusMark status={kind === 'slow' || kind === 'approval_waiting' ? 'waiting_retry' : 'stuck'} />
      <div>
        <strong>{humanName(kind)}</strong> {isExecution(subject) ? <RouteLink to={{ page: 'execution', executionId: subject }} className="link">{String(detail['intent_type'] ?? shortId(subject))}</RouteLink> : <code>{subject}</code>}
        <p className="attention-what">{advice}</p>
        <p className="execution-sub">{Object.entries(detail).filter(([name]) => name !== 'intent_type').map(([name, value]) => <span key={name}>{humanName(name).toLowerCase()}: {String(value)}</span>)}</p>
      </div>
      <time className="attention-when" dateTime={since} title={formatMoment(since)}>since {formatAgo(since, now)}</time>
    </li>
  );
}

function Budget({ budget: { objective, total, failed, slow, spent } }: { budget: BudgetAnswer }) {
  const share = Math.min(1, spent);
  return (
    <li className={`budget tone-${spent >= 1 ? 'failed' : spent >= 0.7 ? 'paused' : 'completed'}`}>
      <div className="budget-head"><strong>{objective.intent_type}</strong><span className="toned">{formatShare(spent)} spent</span></div>
      <div className="budget-bar" role="img" aria-label={`${formatShare(spent)} of the error budget is spent`}><i style={{ width: `${share * 100}%` }} /></div>
      <p className="execution-sub"><span>{formatShare(objective.success_rate)} of {counted(total, 'execution')} in {counted(objective.window_minutes, 'minute')} should complete{objective.latency_ms !== undefined && ` within ${objective.latency_ms} ms`}</span><span>{failed} failed</span><span>{slow} slow</span></p>
    </li>
  );
}

const states: Readonly<Record<Recommendation['state'], string>> = { waiting: 'is being recorded', recommended: 'recommended', done: 'done', refused: 'refused' };

function RecommendationTable({ recommendations }: { recommendations: readonly Recommendation[] }) {
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th scope="col">Execution</th><th scope="col">Because</th><th scope="col">Operation</th><th scope="col">What became of it</th><th scope="col">When</th></tr></thead>
        <tbody>{recommendations.map((each) => <tr key={each.recommendation_id}><th scope="row"><RouteLink to={{ page: 'execution', executionId: each.execution_id }} className="mono link">{shortId(each.execution_id)}</RouteLink></th><td>{humanName(each.finding)}<p className="quiet">{each.reason}</p></td><td>{each.operation}, {each.attempt}.</td><td>{states[each.state]}{each.outcome !== null && <p className="quiet">{each.outcome}</p>}</td><td className="quiet">{formatMoment(each.at)}</td></tr>)}</tbody>
      </table>
    </div>
  );
}
