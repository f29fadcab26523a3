import type { Json, PolicyExplanation } from '@symphainy/contracts';
import { shortHash } from '../ui/format.js';
import { CodeView } from './code.js';
import { DecisionBadge, EffectBadge, roleNames, roleQuestions } from './verdict.js';

type RoleExplanation = PolicyExplanation['roles'][number];

/** Role by role: the verdict, the policies that determined it with their text, and what they read. */
export function Explanation({ explanation: { decision, asked, roles } }: { explanation: PolicyExplanation }) {
  return (
    <section className="explanation" aria-label="Explanation" role="status">
      <div className="explanation-head">
        <DecisionBadge decision={decision.decision} />
        <p><strong>{asked.user_id}</strong> of {asked.tenant_id}, <code>{asked.action}</code> <code>{asked.capability}</code> <span className="quiet">under bundle v{decision.bundle_version} ({shortHash(decision.bundle_hash)})</span></p>
      </div>
      {roles.map((role) => <RoleCard key={role.verdict.role} role={role} />)}
    </section>
  );
}

function RoleCard({ role: { verdict, considered, determined_by, attributes } }: { role: RoleExplanation }) {
  return (
    <section className="panel" aria-label={roleNames[verdict.role]}>
      <div className="panel-head"><h2>{roleNames[verdict.role]} <span className="quiet">{roleQuestions[verdict.role]}</span></h2><DecisionBadge decision={verdict.decision} /></div>
      {verdict.reason && <p className="explanation-reason">{verdict.reason}</p>}
      {determined_by.length === 0 && <p className="panel-empty">None of the {considered} policies that could apply was satisfied: what nothing permits is denied.</p>}
      {determined_by.map((policy) => (
        <div key={policy.id} className="explanation-policy">
          <p><EffectBadge effect={policy.effect} /> <code>{policy.id}</code></p>
          <CodeView text={policy.text} language="cedar" />
        </div>
      ))}
      {Object.keys(attributes).length > 0 && (
        <details className="disclosure">
          <summary>What was read ({Object.keys(attributes).length})</summary>
          <dl className="attributes">{Object.entries(attributes).map(([name, value]) => <div key={name}><dt><code>{name}</code></dt><dd><code>{shown(value)}</code></dd></div>)}</dl>
        </details>
      )}
    </section>
  );
}

const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
