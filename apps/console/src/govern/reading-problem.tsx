import { useAccount } from '../account/account-context.js';
import type { Problem } from '../platform/problem.js';
import { ProblemPanel } from '../ui/states.js';

/** Why something of governance is not shown: for whoever may not read it, what it takes. */
export function ReadingProblem({ problem, what }: { problem: Problem; what: string }) {
  const { me } = useAccount();
  if (problem.code !== 'policy.denied') return <ProblemPanel problem={problem} title={`${what} could not be read`} />;
  return (
    <ProblemPanel
      title={`${what} are for administrators of governance`}
      problem={{ ...problem, fix: `You are ${me.user_id} of ${me.tenant_id}${me.roles.length === 0 ? ', without a role' : ` with the role ${me.roles.join(', ')}`}. Policy asks for the role governance_admin: ask an administrator of your platform for it` }}
    />
  );
}
