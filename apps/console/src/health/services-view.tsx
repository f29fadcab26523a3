import { useAccount } from '../account/account-context.js';
import { useAnswer } from '../govern/ask-city.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import type { HealthAnswer } from '../govern/city-answers.js';
import { formatAgo, formatDuration, formatMoment, shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { EmptyState, Skeleton } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { byService, circuits, standingOf, troubled, type Service } from './service-health.js';

export function ServicesView() {
  const { me } = useAccount();
  const { value, problem, loading, reload } = useAnswer<HealthAnswer>('list_health', me.tenant_id);
  if (problem && value === undefined) return <ReadingProblem problem={problem} what="Services" />;
  if (value === undefined) return <Skeleton rows={6} label="Asking Nurse" />;
  return (
    <>
      <div className="filters"><p className="quiet">Bundle v{value.bundle_version} is in force. An instance that says nothing for 30 s is forgotten.</p><button type="button" className="button" disabled={loading} onClick={reload}><Icon name="refresh" size={14} />{loading ? 'Asking…' : 'Ask again'}</button></div>
      <section className="govern-group" aria-label="Realms">
        <h2 className="govern-group-head">Realms<span>{value.realms.length}</span></h2>
        <ul className="realm-grid">{value.realms.map(({ realm, circuit }) => <li key={realm} className={`realm tone-${circuits[circuit].tone}`}><p className="realm-name">{realm}</p><p className="realm-circuit">Circuit {circuits[circuit].text.toLowerCase()}</p><p className="quiet">{circuits[circuit].means}</p></li>)}</ul>
      </section>
      <section className="govern-group" aria-label="Capabilities">
        <h2 className="govern-group-head">Capabilities<span>{value.capabilities.length}</span></h2>
        {troubled(value).length === 0 ? <p className="panel-empty">Work for every capability gets through.</p> : <ul className="realm-grid">{troubled(value).map(({ capability, circuit }) => <li key={capability} className={`realm tone-${circuits[circuit].tone}`}><p className="realm-name">{capability}</p><p className="realm-circuit">Circuit {circuits[circuit].text.toLowerCase()}</p></li>)}</ul>}
      </section>
      <section className="govern-group" aria-label="Services">
        <h2 className="govern-group-head">Services<span>{value.services.length}</span></h2>
        {value.services.length === 0 ? <EmptyState icon="pulse" title="Nobody was heard of yet">Services speak every ten seconds.</EmptyState> : <ServiceTable health={value} />}
      </section>
    </>
  );
}

function ServiceTable({ health }: { health: HealthAnswer }) {
  const now = useNow(10_000);
  return (
    <div className="table-frame">
      <table className="executions govern-table">
        <thead><tr><th scope="col">Instance</th><th scope="col">Status</th><th scope="col">So since</th><th scope="col" className="numeric">Last heard</th><th scope="col" className="numeric">Bundle</th><th scope="col">Build</th></tr></thead>
        <tbody>{byService(health.services).flatMap(([, instances]) => instances.map((service) => <ServiceRow key={service.instance} service={service} version={health.bundle_version} now={now} />))}</tbody>
      </table>
    </div>
  );
}

function ServiceRow({ service, version, now }: { service: Service; version: number; now: number }) {
  const { tone, text } = standingOf(service, version);
  return (
    <tr className="execution-row">
      <td className="execution-cell"><span className="strong">{service.service}</span><span className="execution-sub"><code title={service.instance}>{shortId(service.instance)}</code>{service.realm && <span>realm {service.realm}</span>}</span></td>
      <td data-label="Status"><span className={`status-pill status-pill-plain tone-${tone}`}>{text}</span></td>
      <td data-label="So since" className="quiet" title={formatMoment(service.since)}>{formatAgo(service.since, now)}</td>
      <td data-label="Last heard" className="numeric">{formatDuration(service.heard_ms_ago)} before</td>
      <td data-label="Bundle" className="numeric">{service.bundle_version === undefined ? <span className="quiet">—</span> : `v${service.bundle_version}`}</td>
      <td data-label="Build" className="quiet"><code>{service.build === '' ? '—' : service.build.slice(0, 12)}</code></td>
    </tr>
  );
}
