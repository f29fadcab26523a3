import type { ApiKeyView } from '@symphainy/client';
import { useCallback, useState } from 'react';
import { useAccount, usePlatform } from '../account/account-context.js';
import { useChangeCount } from '../govern/change-desk.js';
import { useLoad } from '../platform/use-load.js';
import type { Problem } from '../platform/problem.js';
import { formatMoment } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { IssueKeyDialog, RevokeKeyDialog, RotateKeyDialog } from './key-dialogs.js';
import { scopeWords, sortKeys, standingOf, type Standing } from './key-standing.js';

export type Asked = { readonly do: 'issue' } | { readonly do: 'rotate' | 'revoke'; readonly key: ApiKeyView };

/** A tenant's keys for administrators; for everybody else their own. */
export function KeysView({ tenant }: { tenant: string }) {
  const { keys, problem, denied } = useKeys(tenant);
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  return (
    <>
      <div className="filters">
        <p className="quiet">{denied ? 'Your own keys: those of others are for administrators of governance.' : `Every key of ${tenant}. A key is told once and kept nowhere; the platform holds its hash.`}</p>
        <button type="button" className="button button-primary" onClick={() => setAsked({ do: 'issue' })}><Icon name="plus" size={14} />Issue a key</button>
      </div>
      {problem && <ProblemPanel problem={problem} title="Keys could not be read" />}
      {keys === undefined && problem === undefined && <Skeleton rows={4} label="Loading keys" />}
      {keys?.length === 0 && <EmptyState icon="key" title="There are no keys">Issue one for a person or service of {tenant}.</EmptyState>}
      {keys && keys.length > 0 && <KeyTable keys={keys} onAsk={setAsked} />}
      {asked?.do === 'issue' && <IssueKeyDialog tenant={tenant} onClose={close} />}
      {asked?.do === 'rotate' && <RotateKeyDialog apiKey={asked.key} onClose={close} />}
      {asked?.do === 'revoke' && <RevokeKeyDialog apiKey={asked.key} onClose={close} />}
    </>
  );
}

function useKeys(tenant: string): { keys: readonly ApiKeyView[] | undefined; problem: Problem | undefined; denied: boolean } {
  const platform = usePlatform();
  const { me } = useAccount();
  const again = useChangeCount();
  const all = useLoad(useCallback(async () => (await platform.keys.list({ of: 'tenant', ...(me.tenant_id === 'platform' && { tenant_id: tenant }) })).keys, [platform, me.tenant_id, tenant]), { again });
  const own = useLoad(useCallback(async () => (await platform.keys.list()).keys, [platform]), { again });
  const denied = all.problem?.code === 'policy.denied';
  return denied ? { keys: own.value, problem: own.problem, denied } : { keys: all.value, problem: all.problem, denied };
}

const tones: Readonly<Record<Standing, string>> = { holds: 'tone-completed', 'ends soon': 'tone-paused', expired: 'tone-cancelled', revoked: 'tone-failed' };
const texts: Readonly<Record<Standing, string>> = { holds: 'Holds', 'ends soon': 'Ends soon', expired: 'Expired', revoked: 'Revoked' };

function KeyTable({ keys, onAsk }: { keys: readonly ApiKeyView[]; onAsk: (asked: Asked) => void }) {
  const now = useNow(10_000);
  return (
    <div className="table-frame">
      <table className="executions govern-table">
        <thead><tr><th scope="col">Key</th><th scope="col">Opens</th><th scope="col">Ends</th><th scope="col">Status</th><th scope="col"><span className="visually-hidden">Change</span></th></tr></thead>
        <tbody>{sortKeys(keys, now).map((key) => <KeyRow key={key.key_id} apiKey={key} standing={standingOf(key, now)} onAsk={onAsk} />)}</tbody>
      </table>
    </div>
  );
}

function KeyRow({ apiKey, standing, onAsk }: { apiKey: ApiKeyView; standing: Standing; onAsk: (asked: Asked) => void }) {
  const { key_id, user_id, expires_at, scope } = apiKey;
  const opens = standing === 'holds' || standing === 'ends soon';
  return (
    <tr className="execution-row">
      <td className="execution-cell"><code className="strong">{key_id}</code><span className="execution-sub">{user_id}</span></td>
      <td data-label="Opens">{scopeWords(scope)}</td>
      <td data-label="Ends" className="quiet">{expires_at === undefined ? 'never' : formatMoment(expires_at).slice(0, 16)}</td>
      <td data-label="Status"><span className={`status-pill status-pill-plain ${tones[standing]}`}>{texts[standing]}</span></td>
      <td className="cell-actions">{opens && <><button type="button" className="button" onClick={() => onAsk({ do: 'rotate', key: apiKey })} aria-label={`Rotate ${key_id}`}>Rotate</button><button type="button" className="button" onClick={() => onAsk({ do: 'revoke', key: apiKey })} aria-label={`Revoke ${key_id}`}>Revoke</button></>}</td>
    </tr>
  );
}
