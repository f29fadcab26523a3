import { useState } from 'react';
import { useAnswer } from '../govern/ask-city.js';
import { useChange } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import type { DeliveryAnswer, SubscriptionAnswer } from '../govern/city-answers.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { counted, formatCount, formatMoment } from '../ui/format.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';

export function DeliveriesView({ tenant }: { tenant: string }) {
  const { value, problem } = useAnswer<{ subscriptions: readonly SubscriptionAnswer[] }>('list_subscriptions', tenant);
  if (problem) return <ReadingProblem problem={problem} what="Subscriptions" />;
  if (value === undefined) return <Skeleton rows={4} label="Asking Post Office" />;
  if (value.subscriptions.length === 0) return <EmptyState icon="link" title={`${tenant} subscribes to nothing`}>A subscription is made by the intent <code>governance.subscribe</code>; Post Office then delivers events to a webhook or a subject.</EmptyState>;
  return <ul className="attention-list">{value.subscriptions.map((subscription) => <SubscriptionItem key={subscription.subscription_id} tenant={tenant} subscription={subscription} />)}</ul>;
}

function SubscriptionItem({ tenant, subscription: { subscription_id, description, status, target, deliveries } }: { tenant: string; subscription: SubscriptionAnswer }) {
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  return (
    <li className="subscription panel">
      <div className="panel-head">
        <h2>{subscription_id} <span className={`status-pill status-pill-plain ${status === 'active' ? 'tone-completed' : 'tone-paused'}`}>{status === 'active' ? 'Active' : 'Paused'}</span></h2>
        <div className="actions">
          <button type="button" className="button" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? 'Hide dead letters' : `Dead letters (${formatCount(deliveries.dead)})`}</button>
          {deliveries.dead > 0 && <button type="button" className="button button-primary" onClick={() => setAsked(true)}>Redeliver…</button>}
        </div>
      </div>
      <p className="execution-sub"><code>{target.kind === 'webhook' ? target.url : 'a subject of the bus'}</code>{description && <span>{description}</span>}</p>
      <dl className="bulk-counts counts-three">{([['Pending', deliveries.pending], ['Delivered', deliveries.delivered], ['Dead', deliveries.dead]] as const).map(([name, count]) => <div key={name} className={name === 'Dead' && count > 0 ? 'count-bad' : undefined}><dt>{name}</dt><dd>{formatCount(count)}</dd></div>)}</dl>
      {open && <DeadLetters tenant={tenant} subscription={subscription_id} />}
      {asked && <RedeliverDialog tenant={tenant} subscription={subscription_id} dead={deliveries.dead} onClose={() => setAsked(false)} />}
    </li>
  );
}

const SHOWN = 100;

function DeadLetters({ tenant, subscription }: { tenant: string; subscription: string }) {
  const { value, problem } = useAnswer<{ deliveries: readonly DeliveryAnswer[] }>('list_deliveries', tenant, JSON.stringify({ subscription_id: subscription, state: 'dead', limit: SHOWN }));
  if (problem) return <ProblemPanel problem={problem} title="Dead letters could not be read" />;
  if (value === undefined) return <Skeleton rows={3} label="Loading dead letters" />;
  if (value.deliveries.length === 0) return <p className="panel-empty">There are none: everything was delivered, or waits for its next try.</p>;
  return (
    <div className="scroll-x">
      <table className="plain">
        <caption className="visually-hidden">Dead letters of {subscription}</caption>
        <thead><tr><th scope="col">Event</th><th scope="col" className="numeric">Tries</th><th scope="col">Last answer</th><th scope="col">Given up</th></tr></thead>
        <tbody>{value.deliveries.map((delivery) => <tr key={delivery.event_id}><th scope="row">{delivery.type}<p className="quiet mono">{delivery.event_id}</p></th><td className="numeric">{delivery.attempts}</td><td>{delivery.status ?? ''} {delivery.reason}</td><td className="quiet">{formatMoment(delivery.changed_at)}</td></tr>)}</tbody>
      </table>
      {value.deliveries.length === SHOWN && <p className="page-foot">The first {SHOWN} are shown.</p>}
    </div>
  );
}

function RedeliverDialog({ tenant, subscription, dead, onClose }: { tenant: string; subscription: string; dead: number; onClose: () => void }) {
  const change = useChange();
  const redeliver = async (): Promise<void> => void (await change('redeliver', { tenant_id: tenant, subscription_id: subscription, events: 'dead' }, `Dead letters of ${subscription} are delivered again`));
  return <ChangeDialog title={`Deliver again to ${subscription}?`} submit="Deliver again" onSubmit={redeliver} onClose={onClose} lead={`${counted(dead, 'dead letter')} go out again, after what has been delivered since. The receiver drops ids that it has seen.`} />;
}
