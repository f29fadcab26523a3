/**
 * How declarations (the platform's standing entries, and the bootstrap file) meet a catalogue that has since lived.
 *
 * Of each declared entry the hash is kept as it was last declared. At every start, an entry is put when it was never declared before, or
 * when its declaration itself has changed since; otherwise what governed intents have made of it stays. What is no longer declared stays
 * too: leaving an entry out of a file revokes nothing. A start that changes anything makes one new bundle version.
 */
import { hashOf } from '@symphainy/kernel';
import { put, type Entry, type EntryChange, type EntryKind } from '../bundle/catalogue.js';
import type { CityDraft } from '../bundle/catalogue-store.js';
import { referencePolicies } from '../data-steward/reference.capabilities.js';
import { dataBoundaries, erasurePolicies, standingClasses } from '../data-steward/data-boundaries.policies.js';
import { canonicalModels } from '../librarian/models/models.js';
import { platformCapabilities } from '../platform-capabilities.js';
import { accessPolicies, governancePolicies } from '../security-guard/governance.policies.js';
import { operationPolicies } from '../security-guard/operation.policies.js';
import type { BootstrapFile } from './bootstrap.schema.js';
import { cityIdentity, platformTenant } from './platform-tenant.js';
import { readingPolicies, tenantPolicies } from './tenant.policies.js';

/** What is declared. A file cannot name the platform's own entries: they are refused there. */
export function declaredEntries(file: BootstrapFile): EntryChange[] {
  return [
    put('tenant', platformTenant),
    put('identity', cityIdentity),
    ...[...tenantPolicies, ...readingPolicies, ...governancePolicies, ...accessPolicies, ...operationPolicies, ...erasurePolicies, ...referencePolicies, ...dataBoundaries].map((policy) => put('policy', policy)),
    ...standingClasses.map((entry) => put('data_class', entry)),
    ...platformCapabilities().map((capability) => put('capability', capability)),
    ...canonicalModels.flatMap(({ schema, vocabulary }) => [put('schema', schema), put('vocabulary', vocabulary)]),
    ...file.tenants.map((entry) => put('tenant', entry)),
    ...file.identities.map((entry) => put('identity', entry)),
    ...file.policies.map((entry) => put('policy', entry)),
    ...file.api_keys.map((entry) => put('api_key', entry)),
    ...file.jwt_issuers.map((entry) => put('jwt_issuer', entry)),
    ...file.capabilities.map((entry) => put('capability', entry)),
  ];
}

/** Brings declared entries into the draft by the rule above; `at`: when. */
export function applyDeclarations(draft: CityDraft, entries: readonly EntryChange[], at: string): void {
  const origin = { tenant_id: cityIdentity.tenant_id, user_id: cityIdentity.user_id, intent_type: 'declaration' as const, at };
  for (const { kind, key, value } of entries) {
    const hash = hashOf(value);
    if (draft.declared.get(`${kind} ${key}`) === hash) continue;
    draft.declaredChanges.push({ kind, key, hash });
    if (!sameEntry(draft.catalogue.get(kind, key), value)) draft.change({ kind, key, value }, origin);
  }
}

const sameEntry = (a: Entry<EntryKind> | undefined, b: Entry<EntryKind> | undefined): boolean => a !== undefined && hashOf(a) === hashOf(b);

