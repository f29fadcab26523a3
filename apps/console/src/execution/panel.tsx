import { useId, type ReactNode } from 'react';

/** A titled region of a page. */
export function Panel({ title, note, children, className = '' }: { title: string; note?: ReactNode; children: ReactNode; className?: string }) {
  const heading = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={heading}>
      <div className="panel-head"><h2 id={heading}>{title}</h2>{note !== undefined && <span className="panel-note">{note}</span>}</div>
      {children}
    </section>
  );
}
