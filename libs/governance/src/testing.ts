/** For tests: the plain evaluation that the fast one must equal, and small bundles to build on. */
import type { CedarPolicy, GovernanceBundle, RegisteredCapability } from '@symphainy/contracts';
import { governanceBundle, registeredCapability, sagaDefinition } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';

export { evaluatePlainly } from './policy-evaluation.js';

/** A capability with one task step. */
export function sampleCapability(name: string, over: Partial<RegisteredCapability> = {}): RegisteredCapability {
  const saga = sagaDefinition.parse({ name, steps: [{ kind: 'task', name: 'work' }] });
  const realm = name.slice(0, name.indexOf('.'));
  return registeredCapability.parse({ name, realm, handler: name, version: '1.0.0', input_contract: {}, output_contract: {}, determinism: 'deterministic', saga, saga_hash: hashOf(saga), ...over });
}

/** One policy per role that permits every active tenant everything. */
export const permissivePolicies: readonly CedarPolicy[] = [
  { id: 'sample.callers', role: 'security_guard', text: 'permit(principal, action, resource);' },
  { id: 'sample.tenants', role: 'city_manager', text: 'permit(principal, action, resource) when { principal.tenant.status == "active" };' },
  { id: 'sample.data', role: 'data_steward', text: 'permit(principal, action, resource);' },
];

/** Tenants `acme` and `globex`; alice (builder) and bob (auditor) of acme. */
export function sampleBundle(over: Partial<GovernanceBundle> = {}): GovernanceBundle {
  return governanceBundle.parse({
    version: 1,
    created_at: '2026-01-01T00:00:00.000Z',
    tenants: [
      { tenant_id: 'acme', name: 'Acme', status: 'active' },
      { tenant_id: 'globex', name: 'Globex', status: 'active' },
    ],
    identities: [
      { tenant_id: 'acme', user_id: 'alice', kind: 'person', roles: ['builder'] },
      { tenant_id: 'acme', user_id: 'bob', kind: 'person', roles: ['auditor'] },
    ],
    policies: permissivePolicies,
    capabilities: [sampleCapability('content.ingest')],
    ...over,
  });
}

const TODO_USERS = [
  ['0', 'rick@the-citadel.com', ['admin', 'evil_genius']],
  ['1', 'morty@the-citadel.com', ['editor']],
  ['2', 'summer@the-smiths.com', ['editor']],
  ['3', 'beth@the-smiths.com', ['viewer']],
  ['4', 'jerry@the-smiths.com', ['viewer']],
] as const;

const owns = 'resource.hasTag("ownerID") && principal.hasTag("email") && resource.getTag("ownerID") == principal.getTag("email")';

/** The todo application of the AuthZEN interoperability scenario (https://authzen-interop.net), as the bundle of tenant `acme`: its five people and its rules. */
export const todoBundle = (): GovernanceBundle =>
  sampleBundle({
    identities: TODO_USERS.map(([n, email, roles]) => ({ tenant_id: 'acme', user_id: Buffer.from(`\n$fd${n}614d3-c39a-4781-b7bd-8b96f5a5100d\x12\x05local`).toString('base64url'), kind: 'person', roles: [...roles], status: 'active', attributes: { email } })),
    policies: [
      ...permissivePolicies.slice(1),
      { id: 'todo.read', role: 'security_guard', text: 'permit(principal, action in [Action::"can_read_user", Action::"can_read_todos"], resource is Resource);' },
      { id: 'todo.create', role: 'security_guard', text: 'permit(principal, action == Action::"can_create_todo", resource is Resource) when { principal.roles.containsAny(["admin", "editor"]) };' },
      { id: 'todo.update', role: 'security_guard', text: `permit(principal, action == Action::"can_update_todo", resource is Resource) when { principal.roles.contains("evil_genius") || (principal.roles.contains("editor") && ${owns}) };` },
      { id: 'todo.delete', role: 'security_guard', text: `permit(principal, action == Action::"can_delete_todo", resource is Resource) when { principal.roles.contains("admin") || (principal.roles.contains("editor") && ${owns}) };` },
    ],
  });
