import type { ReactNode } from 'react';
import type { Route } from '../routing/route.js';
import { RouteLink } from '../ui/route-link.js';

export interface SectionLink {
  readonly to: Route;
  readonly name: string;
  readonly note?: string;
  readonly current: boolean;
}

/** The head of a page on governance: what it is, and the pages beside it. */
export function SectionHead({ title, lead, links = [], label, action }: { title: string; lead: ReactNode; links?: readonly SectionLink[]; label?: string; action?: ReactNode }) {
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          <p className="page-lead">{lead}</p>
        </div>
        {action && <div className="actions">{action}</div>}
      </header>
      {links.length > 0 && (
        <nav className="tabs section-nav" aria-label={label ?? title}>
          {links.map(({ to, name, note, current }) => <RouteLink key={name} to={to} current={current}>{name}{note !== undefined && <span>{note}</span>}</RouteLink>)}
        </nav>
      )}
    </>
  );
}
