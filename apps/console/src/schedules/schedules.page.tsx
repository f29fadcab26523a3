import { useCallback, useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { useLoad } from '../platform/use-load.js';
import { formatMoment, shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { StatusPill } from '../ui/status.js';
import { EndSchedule } from './end-schedule.js';
import { readSchedules, type ShownSchedule } from './read-schedules.js';
import { ScheduleForm } from './schedule-form.js';

const REFRESH_MS = 5000;

export function SchedulesPage() {
  const platform = usePlatform();
  const { value, problem, reload } = useLoad(useCallback(() => readSchedules(platform), [platform]), { everyMs: REFRESH_MS });
  const [creating, setCreating] = useState(false);
  const close = (): void => {
    setCreating(false);
    reload();
  };
  const create = <button type="button" className="button button-primary" onClick={() => setCreating(true)}><Icon name="plus" size={14} />New schedule</button>;
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Schedules</h1>
          <p className="page-lead">Intents that are submitted again and again, by a service identity and under its own policy.</p>
        </div>
        {create}
      </header>
      {problem && <ProblemPanel problem={problem} title="The schedules could not be read" />}
      {value === undefined && problem === undefined && <Skeleton rows={4} label="Loading schedules" />}
      {value?.schedules.length === 0 && <EmptyState icon="clock" title="No schedule is running" action={<RouteLink to={{ page: 'executions', intentType: 'runtime.schedule' }} className="button">Those that ended</RouteLink>}>A schedule submits an intent whenever its cron expression says so, until it is ended.</EmptyState>}
      {value && value.schedules.length > 0 && <ul className="schedule-list">{value.schedules.map((schedule) => <ScheduleItem key={schedule.scheduleId} schedule={schedule} onEnded={reload} />)}</ul>}
      {value?.truncated && <p className="page-foot">The newest are shown. <RouteLink to={{ page: 'executions', intentType: 'runtime.schedule' }} className="link">All of them</RouteLink></p>}
      {creating && <ScheduleForm onClose={close} />}
    </div>
  );
}

function ScheduleItem({ schedule: { scheduleId, status, order, refusedWith }, onEnded }: { schedule: ShownSchedule; onEnded: () => void }) {
  const platform = usePlatform();
  const [problem, setProblem] = useState<Problem>();
  const [asked, setAsked] = useState(false);
  const end = (): void => {
    setAsked(false);
    platform.schedules.end(scheduleId).then(onEnded, (thrown: unknown) => setProblem(problemOf(thrown)));
  };
  const intentType = order?.intent.intent_type;
  return (
    <li>
      <div className="schedule">
        <div className="schedule-body">
          <p><RouteLink to={{ page: 'execution', executionId: scheduleId }}>{intentType ?? shortId(scheduleId)}</RouteLink></p>
          {order && <p><code className="schedule-cron">{order.cron}</code> {order.time_zone ?? 'UTC'} · as <strong>{order.as}</strong> · missed: {order.missed ?? 'once'}{order.until && ` · until ${formatMoment(order.until)}`}{order.max_firings && ` · at most ${order.max_firings} firings`}</p>}
          {refusedWith !== undefined && <p className="inline-problem">Its last firing was refused: <code>{refusedWith}</code></p>}
        </div>
        <StatusPill status={status} />
        <div className="actions">
          <RouteLink to={{ page: 'execution', executionId: scheduleId }} className="button">Firings</RouteLink>
          <button type="button" className="button" onClick={() => setAsked(true)}>End…</button>
        </div>
      </div>
      {problem && <ProblemPanel problem={problem} title="The schedule was not ended" />}
      {asked && <EndSchedule name={intentType ?? shortId(scheduleId)} onClose={() => setAsked(false)} onEnd={end} />}
    </li>
  );
}
