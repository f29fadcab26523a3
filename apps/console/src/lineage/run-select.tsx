import { useCallback } from 'react';
import { usePlatform } from '../account/account-context.js';
import { FilterSelect } from '../govern/search-field.js';
import { useLoad } from '../platform/use-load.js';
import { formatMoment, shortId } from '../ui/format.js';

const OFFERED = 100;

/** The lineage as it is now, or as it was when one of the latest executions ended. */
export function RunSelect({ run, onChange }: { run: string | undefined; onChange: (run: string | undefined) => void }) {
  const platform = usePlatform();
  const { value } = useLoad(useCallback(async () => (await platform.executions.list({ limit: OFFERED })).executions, [platform]));
  const runs = (value ?? []).flatMap(({ execution_id, intent_type, ended_at }) => (ended_at === undefined ? [] : [[execution_id, `As at ${formatMoment(ended_at).slice(5)} · ${intent_type} ${shortId(execution_id)}`] as const]));
  const known = run === undefined || runs.some(([id]) => id === run);
  const options = [['', 'As it is now'] as const, ...(known ? [] : [[run, `As at the end of ${shortId(run)}`] as const]), ...runs];
  return <span className="run-select"><FilterSelect label="As at run" value={run ?? ''} options={options} onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)} /></span>;
}
