import { useEffect, useId, useState, type FormEvent } from 'react';
import { problemOf, type Problem } from '../platform/problem.js';
import { formatCount } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import type { RecordBook } from './record-book.js';

/** From record to record. */
export function RecordTools({ book, record, onRecord }: { book: RecordBook; record: number; onRecord: (record: number) => void }) {
  const id = useId();
  const [typed, setTyped] = useState(String(record));
  const failures = useNextFailure(book, record, onRecord);
  useEffect(() => setTyped(String(record)), [record]);
  const go = (event: FormEvent): void => {
    event.preventDefault();
    const asked = Math.trunc(Number(typed.replaceAll(',', '')));
    if (asked >= 1 && asked <= book.records && asked !== record) onRecord(asked);
    else setTyped(String(record));
  };
  return (
    <div className="record-tools" role="toolbar" aria-label="Records">
      <button type="button" className="icon-button icon-button-framed" aria-label="Previous record" disabled={record <= 1} onClick={() => onRecord(record - 1)}><Icon name="back" size={14} /></button>
      <form onSubmit={go}>
        <label htmlFor={id}>Record</label>
        <input id={id} type="text" inputMode="numeric" value={typed} onChange={(event) => setTyped(event.target.value)} onBlur={go} />
        <span className="quiet">of {formatCount(book.records)}</span>
      </form>
      <button type="button" className="icon-button icon-button-framed" aria-label="Next record" disabled={record >= book.records} onClick={() => onRecord(record + 1)}><Icon name="chevron" size={14} /></button>
      <button type="button" className="button button-small" disabled={failures.busy} onClick={failures.go}><Icon name="alert" size={13} />Next that does not decode</button>
      <span role="status">{failures.none && <span className="quiet">None behind this one.</span>}</span>
      {failures.problem && <span className="inline-problem" role="alert">{failures.problem.message} <code>{failures.problem.code}</code></span>}
    </div>
  );
}

function useNextFailure(book: RecordBook, record: number, onRecord: (record: number) => void) {
  const [state, setState] = useState<{ busy: boolean; none?: boolean; problem?: Problem }>({ busy: false });
  useEffect(() => setState({ busy: false }), [book, record]);
  const go = (): void => {
    setState({ busy: true });
    void book.nextFailure(record + 1)
      .then((next) => (next === undefined ? setState({ busy: false, none: true }) : onRecord(next)))
      .catch((thrown: unknown) => setState({ busy: false, problem: problemOf(thrown) }));
  };
  return { ...state, go };
}
