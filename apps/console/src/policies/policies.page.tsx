import type { PolicyReading } from '@symphainy/contracts';
import { useCallback, useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useChangeCount } from '../govern/change-desk.js';
import { readPolicies } from '../govern/read-list.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { FilterSelect, SearchField } from '../govern/search-field.js';
import { SectionHead } from '../govern/section-nav.js';
import { useLoad } from '../platform/use-load.js';
import { CopyText } from '../ui/copy-text.js';
import { counted, shortHash } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, Skeleton } from '../ui/states.js';
import { CodeView } from './code.js';
import { actionsOf, groupPolicies, tenantsOf, type PolicyFilter, type PolicyGroup } from './policy-filter.js';
import { policyLinks } from './policy-links.js';
import { EffectBadge, roleNames } from './verdict.js';

export function PoliciesPage() {
  const platform = usePlatform();
  const { value, problem } = useLoad(useCallback(() => readPolicies(platform), [platform]), { again: useChangeCount() });
  return (
    <div className="page">
      <SectionHead title="Policies" lead="Who may do what. Every intent is decided once, when it comes, by the policies in force; a forbid beats any number of permits." links={policyLinks('policies')} action={<RouteLink to={{ page: 'policy-desk' }} className="button button-primary">Write policies</RouteLink>} />
      {problem && <ReadingProblem problem={problem} what="Policies" />}
      {value === undefined ? problem === undefined && <Skeleton rows={6} label="Loading policies" /> : <PolicyList policies={value.entries} bundle={value.bundle} />}
    </div>
  );
}

function PolicyList({ policies, bundle }: { policies: readonly PolicyReading[]; bundle: { version: number; hash: string } }) {
  const [filter, setFilter] = useState<PolicyFilter>({ find: '', tenant: '', action: '' });
  const edit = (change: Partial<PolicyFilter>): void => setFilter((before) => ({ ...before, ...change }));
  const groups = groupPolicies(policies, filter);
  return (
    <>
      <div className="filters" role="group" aria-label="Filter policies">
        <SearchField label="Find in policies" value={filter.find} onChange={(find) => edit({ find })} />
        <div className="filters-selects">
          <FilterSelect label="Tenant" value={filter.tenant} options={[['', 'All tenants'], ...tenantsOf(policies).map((name) => [name, `That concern ${name}`] as const)]} onChange={(tenant) => edit({ tenant })} />
          <FilterSelect label="Action" value={filter.action} options={[['', 'All actions'], ...actionsOf(policies).map((name) => [name, actionNames[name] ?? name] as const)]} onChange={(action) => edit({ action })} />
        </div>
      </div>
      {groups.length === 0 && <EmptyState icon="shield" title="No policy matches">No policy in force has these words, tenant and action. What no policy permits is denied.</EmptyState>}
      {groups.map((group) => <Group key={group.title} group={group} />)}
      <p className="page-foot">{counted(policies.length, 'policy', 'policies')} in bundle v{bundle.version} <CopyText value={bundle.hash} shown={shortHash(bundle.hash)} label="bundle hash" /></p>
    </>
  );
}

const actionNames: Readonly<Record<string, string>> = { submit: 'Submit intents', replay: 'Replay executions', hydrate: 'Read content' };

function Group({ group: { title, policies } }: { group: PolicyGroup }) {
  return (
    <section className="govern-group" aria-label={title}>
      <h2 className="govern-group-head">{title}<span>{policies.length}</span></h2>
      <ul className="policy-list">{policies.map((policy) => <PolicyItem key={policy.id} policy={policy} />)}</ul>
    </section>
  );
}

function PolicyItem({ policy }: { policy: PolicyReading }) {
  const { id, effect, role, words, reason, standing, text } = policy;
  return (
    <li className="policy-item">
      <EffectBadge effect={effect} />
      <div className="policy-item-body">
        <p className="policy-words">{words}</p>
        <p className="execution-sub"><code>{id}</code>{role !== 'security_guard' && <span>{roleNames[role]}</span>}{reason && <span>Told as “{reason}”</span>}</p>
        <details className="disclosure">
          <summary><Icon name="chevron" size={11} />Cedar text</summary>
          <CodeView text={text} language="cedar" />
        </details>
      </div>
      {!standing && <RouteLink to={{ page: 'policy-desk', policy: id }} className="button" label={`Edit ${id}`}>Edit</RouteLink>}
    </li>
  );
}
