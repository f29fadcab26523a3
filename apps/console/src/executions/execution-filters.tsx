import type { ExecutionStatus } from '@symphainy/contracts';
import { useId } from 'react';
import { navigate } from '../routing/use-route.js';
import { Icon } from '../ui/icon.js';
import { statusName } from '../ui/status.js';
import type { ExecutionsRoute } from '../routing/route.js';

const STATUSES: readonly (ExecutionStatus | undefined)[] = [undefined, 'running', 'paused', 'stuck', 'compensating', 'completed', 'failed', 'cancelled', 'terminated', 'rejected'];

export function ExecutionFilters({ route, intentTypes, live }: { route: ExecutionsRoute; intentTypes: readonly string[]; live: boolean }) {
  const apply = (change: Partial<Omit<ExecutionsRoute, 'page'>>): void => navigate({ ...route, ...change }, { replace: true });
  return (
    <div className="filters" role="group" aria-label="Filter executions">
      <fieldset className="segments">
        <legend className="visually-hidden">Status</legend>
        {STATUSES.map((status) => (
          <label key={status ?? 'all'} className="segment">
            <input type="radio" name="status" checked={route.status === status} onChange={() => apply({ status })} />
            <span>{status === undefined ? 'All' : statusName(status)}</span>
          </label>
        ))}
      </fieldset>
      <div className="filters-selects">
        <FilterSelect label="Intent type" value={route.intentType ?? ''} onChange={(value) => apply({ intentType: value || undefined })} options={[['', 'All intent types'], ...withCurrent(intentTypes, route.intentType)]} />
        <FilterSelect label="Session" value={route.scope ?? ''} onChange={(value) => apply({ scope: value === 'session' ? 'session' : undefined })} options={[['', 'All sessions'], ['session', 'This session']]} />
        <span className={live ? 'live' : 'live live-off'} title="The list refreshes by itself"><span className="live-dot" />{live ? 'Live' : 'Offline'}</span>
      </div>
    </div>
  );
}

function FilterSelect({ label, value, options, onChange }: { label: string; value: string; options: readonly (readonly [string, string])[]; onChange: (value: string) => void }) {
  const field = useId();
  return (
    <span className="select">
      <label htmlFor={field} className="visually-hidden">{label}</label>
      <select id={field} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
      </select>
      <Icon name="down" size={12} />
    </span>
  );
}

/** Uploads are executions too, though nobody registers a capability for them. */
function withCurrent(intentTypes: readonly string[], current: string | undefined): (readonly [string, string])[] {
  const all = new Set([...intentTypes, 'runtime.upload', ...(current === undefined ? [] : [current])]);
  return [...all].map((name) => [name, name] as const);
}
