import type { GovernanceChange } from '@symphainy/client';
import type { Json } from '@symphainy/contracts';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { usePlatform } from '../account/account-context.js';
import { shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';

/** A change of governance that was recorded. */
interface Made {
  /** What was done, as a sentence without its end: `Acme was suspended`. */
  readonly what: string;
  readonly executionId?: string;
  readonly inForce?: { readonly version?: number; readonly everywhere: boolean };
}

interface Desk {
  /** Rises with each change: lists that depend on governance read again. */
  readonly changes: number;
  readonly tell: (made: Made) => void;
}

const DeskContext = createContext<Desk>({ changes: 0, tell: () => undefined });

/** Where changes of governance are made from: tells what the last one was, with the execution that recorded it, and lets the page read again. */
export function ChangeDesk({ children }: { children: ReactNode }) {
  const [{ changes, made }, setState] = useState<{ changes: number; made?: Made }>({ changes: 0 });
  const tell = useCallback((next: Made) => setState((before) => ({ changes: before.changes + 1, made: next })), []);
  const desk = useMemo(() => ({ changes, tell }), [changes, tell]);
  return (
    <DeskContext value={desk}>
      {children}
      <p className={made ? 'operated' : 'visually-hidden'} role="status">
        {made && <><Icon name="check" size={14} /><MadeText made={made} /><button type="button" className="icon-button" onClick={() => setState({ changes })} aria-label="Dismiss"><Icon name="close" size={13} /></button></>}
      </p>
    </DeskContext>
  );
}

function MadeText({ made: { what, executionId, inForce } }: { made: Made }) {
  return (
    <span>
      <strong>{what}</strong>
      {executionId !== undefined && <>; recorded as <RouteLink to={{ page: 'execution', executionId }}>{shortId(executionId)}</RouteLink></>}
      {inForce !== undefined && (inForce.everywhere ? <>, in force at every runtime{inForce.version === undefined ? '' : ` with bundle v${inForce.version}`}</> : <>; not every runtime holds it yet</>)}.
    </span>
  );
}

export const useChangeCount = (): number => useContext(DeskContext).changes;
export const useTell = (): Desk['tell'] => useContext(DeskContext).tell;

/** Makes the change `governance.<action>`, tells of it, and gives what came of it; rejects with the platform's refusal. */
export function useChange(): (action: string, payload: { readonly [key: string]: Json }, what: string) => Promise<GovernanceChange> {
  const platform = usePlatform();
  const tell = useTell();
  return useCallback(
    async (action, payload, what) => {
      const change = await platform.governance.change(action, payload);
      tell({ what, executionId: change.result.execution_id, inForce: { everywhere: change.in_force, ...(change.bundle && { version: change.bundle.version }) } });
      return change;
    },
    [platform, tell],
  );
}
