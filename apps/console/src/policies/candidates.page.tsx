import type { Candidate } from '@symphainy/contracts';
import { useAccount } from '../account/account-context.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { useList } from '../govern/read-list.js';
import { SectionHead } from '../govern/section-nav.js';
import { counted } from '../ui/format.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, Skeleton } from '../ui/states.js';
import { StatusMark } from '../ui/status.js';
import { policyLinks } from './policy-links.js';

export function CandidatesPage() {
  const { value, problem } = useList<Candidate>('candidates');
  return (
    <div className="page">
      <SectionHead title="Candidates" lead="Changes that are staged: checked and tested, and not in force until somebody promotes them." links={policyLinks('candidates')} />
      {problem && <ReadingProblem problem={problem} what="Candidates" />}
      {value === undefined && problem === undefined && <Skeleton rows={4} label="Loading candidates" />}
      {value?.entries.length === 0 && <Nothing />}
      {value && value.entries.length > 0 && <ul className="attention-list">{value.entries.map((candidate) => <CandidateItem key={candidate.candidate_id} candidate={candidate} />)}</ul>}
    </div>
  );
}

function Nothing() {
  const { me } = useAccount();
  if (me.tenant_id !== 'platform') return <EmptyState icon="shield" title="No candidate is shown to you">Candidates belong to the platform’s administrators. If you were given the id of one, open <code>#/policies/candidates/&lt;id&gt;</code> to see what it would flip in {me.tenant_id}.</EmptyState>;
  return <EmptyState icon="shield" title="Nothing is staged" action={<RouteLink to={{ page: 'policy-desk' }} className="button button-primary">Go to the desk</RouteLink>}>Write a change at the desk and stage it.</EmptyState>;
}

function CandidateItem({ candidate: { candidate_id, description, staged_by, base, changes, tests } }: { candidate: Candidate }) {
  return (
    <li className="attention-item">
      <StatusMark status={tests.failures === 0 ? 'completed' : 'failed'} />
      <div>
        <RouteLink to={{ page: 'candidate', candidateId: candidate_id }} className="row-link">{candidate_id}</RouteLink>
        {description && <p className="attention-what">{description}</p>}
        <p className="execution-sub"><span>staged by {staged_by}</span><span>upon v{base.version}</span><span>{counted(changes.length, 'change')}</span></p>
      </div>
      <span className={tests.failures === 0 ? 'badge badge-good' : 'badge badge-bad'}>{tests.failures === 0 ? `${counted(tests.passed, 'test')} passed` : `${counted(tests.failures, 'test')} failed`}</span>
    </li>
  );
}
