import type { Operated } from '@symphainy/client';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { statusName } from '../ui/status.js';
import { OperationDialog } from './operation-dialog.js';
import { titleOf, type OperationRequest } from './operation.model.js';

const Desk = createContext<(request: OperationRequest) => void>(() => undefined);

/** Where operations on one execution are asked for: a dialog for each, and what the last one did. */
export function OperationDesk({ executionId, children }: { executionId: string; children: ReactNode }) {
  const [asked, setAsked] = useState<OperationRequest>();
  const [done, setDone] = useState<{ request: OperationRequest; operated: Operated }>();
  const close = useCallback(() => setAsked(undefined), []);
  const finish = useCallback((request: OperationRequest, operated: Operated) => {
    setAsked(undefined);
    setDone({ request, operated });
  }, []);
  const value = useMemo(() => (request: OperationRequest) => setAsked(request), []);
  return (
    <Desk value={value}>
      {children}
      <p className={done ? 'operated' : 'visually-hidden'} role="status">
        {done && <><Icon name="check" size={14} /><span><strong>{titleOf(done.request).replace('…', '')}</strong> was recorded as <RouteLink to={{ page: 'execution', executionId: done.operated.operation_id }}>{shortId(done.operated.operation_id)}</RouteLink>; it stood as “{statusName(done.operated.status)}” then.</span><button type="button" className="icon-button" onClick={() => setDone(undefined)} aria-label="Dismiss"><Icon name="close" size={13} /></button></>}
      </p>
      {asked && <OperationDialog executionId={executionId} request={asked} onClose={close} onDone={finish} />}
    </Desk>
  );
}

/** One button for each operation. */
export function OperationButtons({ requests }: { requests: readonly OperationRequest[] }) {
  const ask = useContext(Desk);
  return requests.map((request) => (
    <button key={`${request.operation} ${request.approved ?? ''}`} type="button" className="button" onClick={() => ask(request)} aria-label={request.step === undefined ? undefined : `${titleOf(request)} ${request.step}`}>{titleOf(request)}</button>
  ));
}
