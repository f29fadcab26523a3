import type { PolicyDecision } from '@symphainy/contracts';
import { CopyText } from '../ui/copy-text.js';
import { shortHash } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { Panel } from './panel.js';

type Verdict = PolicyDecision['verdicts'][number];

const roles: Record<Verdict['role'], readonly [name: string, question: string]> = {
  security_guard: ['Security Guard', 'may this caller'],
  city_manager: ['City Manager', 'may this tenant'],
  data_steward: ['Data Steward', 'may this data'],
};

/** The one decision this execution runs under, frozen at its acceptance. */
export function PolicyPanel({ decision }: { decision: PolicyDecision }) {
  return (
    <Panel title="Policy decision" note={<span className={decision.decision === 'permit' ? 'verdict verdict-permit' : 'verdict verdict-deny'}>{decision.decision === 'permit' ? 'Permit' : 'Deny'}</span>}>
      <ul className="verdicts">
        {decision.verdicts.map((verdict) => <VerdictRow key={verdict.role} verdict={verdict} />)}
      </ul>
      <p className="policy-bundle">Bundle v{decision.bundle_version} <CopyText value={decision.bundle_hash} shown={shortHash(decision.bundle_hash)} label="bundle hash" /></p>
    </Panel>
  );
}

function VerdictRow({ verdict }: { verdict: Verdict }) {
  const [name, question] = roles[verdict.role];
  const permitted = verdict.decision === 'permit';
  return (
    <li className={permitted ? 'verdict-row tone-completed' : 'verdict-row tone-failed'}>
      <Icon name={permitted ? 'shield' : 'shieldAlert'} />
      <div>
        <p><strong>{name}</strong> <span className="quiet">{question}</span></p>
        {verdict.reason && <p className="verdict-reason">{verdict.reason}</p>}
        <p className="verdict-policies">{verdict.policies.length === 0 ? <span className="quiet">No policy matched</span> : verdict.policies.map((policy) => <code key={policy}>{policy}</code>)}</p>
      </div>
      <span className={permitted ? 'verdict verdict-permit' : 'verdict verdict-deny'}>{permitted ? 'Permit' : 'Deny'}</span>
    </li>
  );
}
