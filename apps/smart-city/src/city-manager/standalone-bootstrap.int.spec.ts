/** Who may do what on a local platform: the shipped bootstrap file with the platform's standing policies, as a table. */
import { join } from 'node:path';
import type { Caller } from '@symphainy/contracts';
import { compileBundle, evaluatePolicy, type CompiledBundle } from '@symphainy/governance';
import { sampleCapability } from '@symphainy/governance/testing';
import { buildBundle, Catalogue, put } from '../bundle/catalogue.js';
import { readBootstrap } from './bootstrap-files.js';
import { declaredEntries } from './declarations.js';

const SHIPPED = join(__dirname, '..', '..', '..', '..', 'deploy', 'bootstrap', 'standalone.yaml');

const shipped = async (): Promise<Catalogue> => declaredEntries(await readBootstrap(SHIPPED, undefined)).reduce((catalogue, change) => catalogue.with(change), Catalogue.of([]));

const compile = (catalogue: Catalogue): CompiledBundle => compileBundle(buildBundle(catalogue, 1, '2026-01-01T00:00:00.000Z'), 'a'.repeat(64));

interface Question {
  caller: string;
  intent: string;
  roles?: string[];
  auth?: Caller['auth'];
  classifications?: string[];
  session_of?: string;
}

function verdictOf(bundle: CompiledBundle, { caller, intent, roles = [], auth = 'api_key', classifications = [], session_of }: Question): string {
  const [tenant_id = '', user_id = ''] = caller.split('/');
  const capability = bundle.capability(intent) ?? sampleCapability(intent, intent.startsWith('cross_realm') ? { realm: 'solution' } : {});
  const decision = evaluatePolicy(bundle, { caller: { tenant_id, user_id, roles, auth }, capability, action: 'submit', data: { classifications, references: [] }, session_user_id: session_of ?? user_id });
  const denied = decision.verdicts.filter((v) => v.decision === 'deny');
  return decision.decision === 'permit' ? 'permit' : `deny by ${denied.map((v) => v.role).join(', ')}${denied[0]?.policies.length ? ` (${denied[0].policies.join(', ')})` : ''}`;
}

describe('the shipped bootstrap', () => {
  it.each<[string, Question, string]>([
    ['a builder ingests', { caller: 'acme/alice', intent: 'content.ingest' }, 'permit'],
    ['a builder uploads', { caller: 'acme/bob', intent: 'runtime.upload' }, 'permit'],
    ['a builder runs a cross-realm intent', { caller: 'globex/gina', intent: 'cross_realm.document_dossier' }, 'permit'],
    ['a builder works in another’s session', { caller: 'acme/bob', intent: 'content.ingest', session_of: 'alice' }, 'deny by security_guard'],
    ['a builder touches restricted data', { caller: 'acme/alice', intent: 'content.ingest', classifications: ['restricted'] }, 'deny by data_steward (platform.restricted-data)'],
    ['a data owner touches restricted data', { caller: 'acme/dora', intent: 'content.ingest', classifications: ['restricted'] }, 'permit'],
    ['data of a class nobody declared', { caller: 'acme/dora', intent: 'content.ingest', classifications: ['cosmic'] }, 'deny by data_steward'],
    ['an auditor submits', { caller: 'acme/otto', intent: 'content.ingest' }, 'deny by security_guard'],
    ['an auditor decides recorded intents again', { caller: 'acme/otto', intent: 'runtime.redecide_policy' }, 'permit'],
    ['an unknown user decides recorded intents again', { caller: 'acme/mallory', intent: 'runtime.redecide_policy' }, 'deny by security_guard'],
    ['an unknown user submits', { caller: 'acme/mallory', intent: 'content.ingest', roles: ['builder'] }, 'deny by security_guard'],
    ['a federated builder submits', { caller: 'acme/federated', intent: 'content.ingest', roles: ['builder'], auth: 'jwt' }, 'permit'],
    ['a builder governs', { caller: 'acme/alice', intent: 'governance.create_tenant' }, 'deny by security_guard (platform.governance-is-reserved)'],
    ['a federated user who claims to be a governance admin', { caller: 'acme/federated', intent: 'governance.create_tenant', roles: ['governance_admin'], auth: 'jwt' }, 'deny by security_guard'],
    ['the governance admin suspends a tenant', { caller: 'platform/admin', intent: 'governance.suspend_tenant' }, 'permit'],
    ['the governance admin registers capabilities', { caller: 'platform/admin', intent: 'governance.register_capabilities' }, 'deny by security_guard (platform.registration-is-reserved)'],
    ['Smart City registers capabilities', { caller: 'platform/smart-city', intent: 'governance.register_capabilities', auth: 'service' }, 'permit'],
    ['a token that bears Smart City’s name', { caller: 'platform/smart-city', intent: 'governance.register_capabilities', auth: 'jwt' }, 'deny by security_guard (platform.governance-is-reserved, platform.registration-is-reserved)'],
    ['Smart City does domain work', { caller: 'platform/smart-city', intent: 'content.ingest', auth: 'service' }, 'deny by security_guard'],
    ['a realm submits as a service', { caller: 'platform/realm-content', intent: 'content.ingest', auth: 'service' }, 'deny by security_guard'],
    ['a person claims to be a service', { caller: 'acme/alice', intent: 'content.ingest', auth: 'service' }, 'deny by security_guard'],
    ['a tenant nobody knows', { caller: 'initech/peter', intent: 'content.ingest', roles: ['builder'], auth: 'jwt' }, 'deny by security_guard, city_manager, data_steward'],
  ])('policy - %s', async (_, question, wanted) => {
    expect(verdictOf(compile(await shipped()), question)).toBe(wanted);
  });

  it('policy - a suspended tenant is denied by City Manager, whoever calls', async () => {
    const catalogue = await shipped();
    const acme = catalogue.get('tenant', 'acme');
    if (acme === undefined) throw new Error('acme is shipped');
    const suspended = compile(catalogue.with(put('tenant', { ...acme, status: 'suspended' })));
    expect(verdictOf(suspended, { caller: 'acme/alice', intent: 'content.ingest' })).toBe('deny by city_manager (platform.inactive-tenants)');
    expect(verdictOf(suspended, { caller: 'globex/gina', intent: 'content.ingest' })).toBe('permit');
  });

  it('readBootstrap - a missing file and broken YAML are told by variable and line, not by path', async () => {
    await expect(readBootstrap('/nowhere/bootstrap.yaml', undefined)).rejects.toMatchObject({ field: 'BOOTSTRAP_FILE', message: 'BOOTSTRAP_FILE: the file cannot be read (ENOENT)' });
    await expect(readBootstrap(SHIPPED, __filename)).rejects.toMatchObject({ field: 'API_KEYS_FILE', message: expect.stringMatching(/not well-formed YAML at line \d+/) });
  });
});
