/** Addresses of the pages on governance: `#/policies/…`, `#/tenants/…`, `#/identities/…`, `#/registry/…`, `#/health`. */
export const identityViews = ['people', 'keys', 'grants'] as const;
export const registryViews = ['capabilities', 'agents', 'domains', 'solutions', 'models', 'vocabularies'] as const;
export const healthViews = ['services', 'attention', 'deliveries'] as const;

export type GovernRoute =
  | { readonly page: 'policies' }
  | { readonly page: 'policy-desk'; readonly policy?: string }
  | { readonly page: 'candidates' }
  | { readonly page: 'candidate'; readonly candidateId: string }
  | { readonly page: 'versions' }
  | { readonly page: 'decision'; readonly executionId?: string }
  | { readonly page: 'tenants' }
  | { readonly page: 'tenant'; readonly tenantId: string }
  | { readonly page: 'identities'; readonly view: (typeof identityViews)[number] }
  | { readonly page: 'registry'; readonly view: (typeof registryViews)[number] }
  | { readonly page: 'health'; readonly view: (typeof healthViews)[number] };

/** The page of these parts of an address; undefined when it is none of governance's. */
export function parseGovernRoute(parts: readonly string[], params: URLSearchParams): GovernRoute | undefined {
  const [first, second, third, ...rest] = parts;
  if (rest.length > 0) return undefined;
  if (first === 'policies') return policyRoute(second, third, params);
  if (third !== undefined) return undefined;
  if (first === 'tenants') return second === undefined ? { page: 'tenants' } : { page: 'tenant', tenantId: second };
  if (first === 'identities') return viewed(identityViews, second, (view) => ({ page: first, view }));
  if (first === 'registry') return viewed(registryViews, second, (view) => ({ page: first, view }));
  return first === 'health' ? viewed(healthViews, second, (view) => ({ page: first, view })) : undefined;
}

/** Without a view it is the first one. */
function viewed<V extends string>(views: readonly [V, ...V[]], asked: string | undefined, route: (view: V) => GovernRoute): GovernRoute | undefined {
  const view = asked === undefined ? views[0] : views.find((known) => known === asked);
  return view === undefined ? undefined : route(view);
}

function policyRoute(second: string | undefined, third: string | undefined, params: URLSearchParams): GovernRoute | undefined {
  if (second === 'candidates') return third === undefined ? { page: 'candidates' } : { page: 'candidate', candidateId: third };
  if (third !== undefined) return undefined;
  const [policy, executionId] = [params.get('policy') ?? undefined, params.get('execution') ?? undefined];
  switch (second) {
    case undefined: return { page: 'policies' };
    case 'desk': return { page: 'policy-desk', ...(policy && { policy }) };
    case 'versions': return { page: 'versions' };
    case 'decisions': return { page: 'decision', ...(executionId && { executionId }) };
    default: return undefined;
  }
}

export function formatGovernRoute(route: GovernRoute): string {
  switch (route.page) {
    case 'policies': case 'tenants': return `#/${route.page}`;
    case 'policy-desk': return `#/policies/desk${route.policy === undefined ? '' : `?policy=${encodeURIComponent(route.policy)}`}`;
    case 'candidates': return '#/policies/candidates';
    case 'candidate': return `#/policies/candidates/${encodeURIComponent(route.candidateId)}`;
    case 'versions': return '#/policies/versions';
    case 'decision': return `#/policies/decisions${route.executionId === undefined ? '' : `?execution=${encodeURIComponent(route.executionId)}`}`;
    case 'tenant': return `#/tenants/${encodeURIComponent(route.tenantId)}`;
    case 'identities': case 'registry': case 'health': return `#/${route.page}/${route.view}`;
  }
}

const titles: Readonly<Record<GovernRoute['page'], string>> = {
  policies: 'Policies', 'policy-desk': 'Policy desk', candidates: 'Candidates', candidate: 'Candidate', versions: 'Bundle versions', decision: 'Explain a decision',
  tenants: 'Tenants', tenant: 'Tenant', identities: 'Identities', registry: 'Registry', health: 'Health',
};

export const governTitle = ({ page }: GovernRoute): string => titles[page];

export const isGovernRoute = (route: { readonly page: string }): route is GovernRoute => Object.hasOwn(titles, route.page);

/** Which entry of the navigation a page belongs to. */
export const governSection = ({ page }: { readonly page: string }): 'policies' | 'tenants' | 'identities' | 'registry' | 'health' | undefined => {
  if (page === 'policies' || page === 'policy-desk' || page === 'candidates' || page === 'candidate' || page === 'versions' || page === 'decision') return 'policies';
  if (page === 'tenants' || page === 'tenant') return 'tenants';
  return page === 'identities' || page === 'registry' || page === 'health' ? page : undefined;
};
