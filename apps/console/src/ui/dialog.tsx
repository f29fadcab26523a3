import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Icon } from './icon.js';

/** A question in front of the page. The browser keeps the focus inside and gives it back; Escape closes. Rendered only while it is open. */
export function Dialog({ title, children, onClose }: { title: string; children: ReactNode; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Closed before it leaves the page: only then is the focus given back.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  const cancel = (event: { preventDefault: () => void }): void => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={heading} onCancel={cancel}>
      <div className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="icon-button" onClick={onClose} aria-label="Close"><Icon name="close" /></button>
      </div>
      {children}
    </dialog>
  );
}
