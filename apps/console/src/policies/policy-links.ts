import type { GovernRoute } from '../routing/govern-route.js';
import type { SectionLink } from '../govern/section-nav.js';

/** The pages on policies. */
export const policyLinks = (at: GovernRoute['page']): readonly SectionLink[] => [
  { to: { page: 'policies' }, name: 'In force', current: at === 'policies' },
  { to: { page: 'policy-desk' }, name: 'Desk', current: at === 'policy-desk' },
  { to: { page: 'candidates' }, name: 'Candidates', current: at === 'candidates' || at === 'candidate' },
  { to: { page: 'versions' }, name: 'Versions', current: at === 'versions' },
  { to: { page: 'decision' }, name: 'Explain a decision', current: at === 'decision' },
];
