import { useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Route } from './route.js';

const followers = new Set<() => void>();

function subscribe(changed: () => void): () => void {
  followers.add(changed);
  window.addEventListener('hashchange', changed);
  return () => {
    followers.delete(changed);
    window.removeEventListener('hashchange', changed);
  };
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}

/**
 * Go to a page; `replace` leaves no entry in the history (for filters).
 * The address changes and the page hears of it before this returns: `hashchange` comes a turn later, and until then a filter would spring back to what it was.
 */
export function navigate(route: Route, { replace = false } = {}): void {
  const address = formatRoute(route);
  if (replace) window.history.replaceState(window.history.state, '', address);
  else if (address !== window.location.hash) window.history.pushState(null, '', address);
  for (const changed of followers) changed();
}
