import type { Grant, GrantAction } from '@symphainy/contracts';
import { useCallback, useState } from 'react';
import { useAccount, usePlatform } from '../account/account-context.js';
import { useChangeCount, useTell } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { useLoad } from '../platform/use-load.js';
import { ChoiceField, TextField } from '../ui/field.js';
import { formatAgo, formatDuration, formatMoment } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { grantOrder, grantStanding, scopeOfGrant, type GrantDraft, type GrantStanding } from './grant-standing.js';

type Decision = 'approve' | 'refuse' | 'revoke';
type Asked = { readonly do: 'request' } | { readonly do: Decision; readonly grant: Grant };

/** Four eyes: what was asked for, by whom, and what somebody else said to it. */
export function GrantsView() {
  const platform = usePlatform();
  const { value, problem } = useLoad(useCallback(async () => (await platform.grants.list()).grants, [platform]), { again: useChangeCount() });
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  return (
    <>
      <div className="filters"><p className="quiet">Leave to operate on, signal, replay or read executions for a while. Nobody approves what they asked for.</p><button type="button" className="button button-primary" onClick={() => setAsked({ do: 'request' })}><Icon name="plus" size={14} />Ask for a grant</button></div>
      {problem && <ProblemPanel problem={problem} title="Grants could not be read" />}
      {value === undefined && problem === undefined && <Skeleton rows={4} label="Loading grants" />}
      {value?.length === 0 && <EmptyState icon="key" title="Nothing was asked for lately">When policy wants a second pair of eyes, ask here; somebody else of your tenant approves.</EmptyState>}
      {value && value.length > 0 && <ul className="attention-list">{value.map((grant) => <GrantItem key={grant.grant_id} grant={grant} onAsk={setAsked} />)}</ul>}
      {asked?.do === 'request' && <RequestDialog onClose={close} />}
      {asked && asked.do !== 'request' && <DecideDialog decision={asked.do} grant={asked.grant} onClose={close} />}
    </>
  );
}

const tones: Readonly<Record<GrantStanding, readonly [tone: string, text: string]>> = { waits: ['tone-paused', 'Waits for approval'], lapsed: ['tone-cancelled', 'Lapsed'], holds: ['tone-completed', 'Holds'], ended: ['tone-cancelled', 'Ended'], refused: ['tone-failed', 'Refused'], revoked: ['tone-failed', 'Revoked'] };

function GrantItem({ grant, onAsk }: { grant: Grant; onAsk: (asked: Asked) => void }) {
  const { me } = useAccount();
  const now = useNow(5000);
  const standing = grantStanding(grant, now);
  const [tone, text] = tones[standing];
  const own = grant.user_id === me.user_id;
  return (
    <li className="grant">
      <div className="grant-body">
        <p><strong>{grant.user_id}</strong> may {grant.actions.join(', ')} {scopeOfGrant(grant)} for {formatDuration(grant.duration_s * 1000)}</p>
        <p className="grant-reason">“{grant.reason}”</p>
        <p className="execution-sub"><RouteLink to={{ page: 'execution', executionId: grant.grant_id }} className="link">asked {formatAgo(grant.requested_at, now)}</RouteLink>{grant.decided_by && <span>{grant.status} by {grant.decided_by}</span>}{standing === 'holds' && grant.expires_at && <span title={formatMoment(grant.expires_at)}>ends in {formatDuration(Date.parse(grant.expires_at) - now)}</span>}</p>
      </div>
      <span className={`status-pill status-pill-plain ${tone}`}>{text}</span>
      <div className="actions">
        {standing === 'waits' && <><button type="button" className="button" onClick={() => onAsk({ do: 'refuse', grant })}>Refuse…</button><button type="button" className="button" onClick={() => onAsk({ do: 'approve', grant })} title={own ? 'You asked for it: somebody else has to approve' : undefined}>Approve…</button></>}
        {standing === 'holds' && <button type="button" className="button" onClick={() => onAsk({ do: 'revoke', grant })}>Revoke…</button>}
      </div>
    </li>
  );
}

const decisions: Readonly<Record<Decision, { title: string; past: string; lead: string; destroys: boolean }>> = {
  approve: { title: 'Approve', past: 'was approved', lead: 'It holds from now on, for as long as was asked.', destroys: false },
  refuse: { title: 'Refuse', past: 'was refused', lead: 'It does not hold. Who asked may ask again.', destroys: true },
  revoke: { title: 'Revoke', past: 'was revoked', lead: 'It ends at once.', destroys: true },
};

function DecideDialog({ decision, grant, onClose }: { decision: Decision; grant: Grant; onClose: () => void }) {
  const platform = usePlatform();
  const { me } = useAccount();
  const tell = useTell();
  const [reason, setReason] = useState('');
  const { title, past, lead, destroys } = decisions[decision];
  const decide = async (): Promise<void> => {
    await platform.grants[decision](grant.grant_id, reason.trim() === '' ? undefined : reason.trim());
    tell({ what: `The grant of ${grant.user_id} ${past}` });
  };
  const ownRequest = decision === 'approve' && grant.user_id === me.user_id;
  return (
    <ChangeDialog title={`${title} the grant of ${grant.user_id}?`} submit={title} destroys={destroys} onSubmit={decide} onClose={onClose} lead={ownRequest ? <>{lead} <strong>You asked for it yourself: policy will refuse.</strong></> : lead}>
      <TextField label="Why" optional note="It is recorded with your name." value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}

const verbs: readonly (readonly [GrantAction, string])[] = [['operate', 'Operate: cancel, retry, terminate, …'], ['signal', 'Signal: send signals and approvals'], ['replay', 'Replay'], ['hydrate', 'Read content'], ['erase', 'Erase a person']];

function RequestDialog({ onClose }: { onClose: () => void }) {
  const platform = usePlatform();
  const tell = useTell();
  const [draft, setDraft] = useState<GrantDraft>({ actions: [], executions: '', intentType: '', subject: '', reason: '', duration: '3600' });
  const edit = (change: Partial<GrantDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const toggle = (action: GrantAction): void => edit({ actions: draft.actions.includes(action) ? draft.actions.filter((each) => each !== action) : [...draft.actions, action] });
  const request = async (): Promise<void> => {
    const { grant_id } = await platform.grants.request(grantOrder(draft));
    tell({ what: 'The grant was asked for', executionId: grant_id });
  };
  return (
    <ChangeDialog title="Ask for a grant" submit="Ask" onSubmit={request} onClose={onClose} lead="Somebody else of your tenant approves it. Whatever is named below must fit; nothing named is every execution.">
      <fieldset className="choices"><legend>To</legend>{verbs.map(([action, text]) => <label key={action} className="check"><input type="checkbox" checked={draft.actions.includes(action)} onChange={() => toggle(action)} /><span>{text}</span></label>)}</fieldset>
      <TextField label="Executions" mono optional value={draft.executions} note="ids, with commas between" onChange={(executions) => edit({ executions })} />
      <TextField label="Of the intent type" mono optional value={draft.intentType} placeholder="content.ingest" onChange={(intentType) => edit({ intentType })} />
      {draft.actions.includes('erase') && <TextField label="Person" mono optional value={draft.subject} note="as contracts name a data subject; recorded as a pseudonym" onChange={(subject) => edit({ subject })} />}
      <ChoiceField label="For" value={draft.duration} options={[['900', '15 minutes'], ['3600', 'An hour'], ['28800', '8 hours'], ['86400', 'A day'], ['604800', '7 days']]} onChange={(duration) => edit({ duration })} />
      <TextField label="Why" required value={draft.reason} note="Who approves, and an auditor, will read it." onChange={(reason) => edit({ reason })} />
    </ChangeDialog>
  );
}
