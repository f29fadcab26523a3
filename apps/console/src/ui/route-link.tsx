import type { ReactNode } from 'react';
import { formatRoute, type Route } from '../routing/route.js';

export function RouteLink({ to, className, children, label, current }: { to: Route; className?: string; children: ReactNode; label?: string; current?: boolean }) {
  return (
    <a href={formatRoute(to)} className={className} aria-label={label} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}
