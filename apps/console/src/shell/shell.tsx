import type { ReactNode } from 'react';
import { useAccount } from '../account/account-context.js';
import { isDataRoute } from '../routing/data-route.js';
import { governSection } from '../routing/govern-route.js';
import type { Route } from '../routing/route.js';
import { BrandMark, Icon, type IconName } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { SessionSwitcher } from './session-switcher.js';

export function Shell({ route, children }: { route: Route; children: ReactNode }) {
  return (
    <div className="shell">
      <a className="skip-link" href="#content" onClick={focusContent}>Skip to content</a>
      <header className="sidebar">
        <RouteLink to={{ page: 'executions' }} className="brand"><BrandMark /><span>Symphainy</span></RouteLink>
        <nav className="nav" aria-label="Main">
          <NavLink to={{ page: 'executions' }} icon="list" current={route.page === 'executions' || route.page === 'execution' || route.page === 'artifact' || (isDataRoute(route) && route.page !== 'search')}>Executions</NavLink>
          <NavLink to={{ page: 'attention' }} icon="alert" current={route.page === 'attention'}>Needs attention</NavLink>
          <NavLink to={{ page: 'schedules' }} icon="clock" current={route.page === 'schedules'}>Schedules</NavLink>
          <NavLink to={{ page: 'submit' }} icon="upload" current={route.page === 'submit'}>Upload and submit</NavLink>
          <NavLink to={{ page: 'search' }} icon="search" current={route.page === 'search'}>Search</NavLink>
          <GovernLinks route={route} />
        </nav>
        <SessionSwitcher />
        <Identity />
      </header>
      <main id="content" className="content" tabIndex={-1}>{children}</main>
    </div>
  );
}

function GovernLinks({ route }: { route: Route }) {
  const section = governSection(route);
  return (
    <>
      <p className="nav-heading">Governance</p>
      <NavLink to={{ page: 'policies' }} icon="shield" current={section === 'policies'}>Policies</NavLink>
      <NavLink to={{ page: 'tenants' }} icon="building" current={section === 'tenants'}>Tenants</NavLink>
      <NavLink to={{ page: 'identities', view: 'people' }} icon="key" current={section === 'identities'}>Identities</NavLink>
      <NavLink to={{ page: 'registry', view: 'capabilities' }} icon="dots" current={section === 'registry'}>Registry</NavLink>
      <NavLink to={{ page: 'health', view: 'services' }} icon="pulse" current={section === 'health'}>Health</NavLink>
    </>
  );
}

/** The hash holds the route, so the skip link moves the focus itself. */
function focusContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function NavLink({ to, icon, current, children }: { to: Route; icon: IconName; current: boolean; children: ReactNode }) {
  return <RouteLink to={to} className="nav-link" current={current}><Icon name={icon} /><span>{children}</span></RouteLink>;
}

function Identity() {
  const { me, signOut } = useAccount();
  return (
    <div className="identity">
      <span className="identity-avatar" aria-hidden="true">{me.user_id.charAt(0).toUpperCase()}</span>
      <div className="identity-text">
        <span className="identity-user" title={me.user_id}>{me.user_id}</span>
        <span className="identity-tenant" title={`Tenant ${me.tenant_id}`}>{me.tenant_id}</span>
      </div>
      <button type="button" className="icon-button" onClick={signOut} aria-label="Sign out" title="Sign out"><Icon name="exit" /></button>
    </div>
  );
}
