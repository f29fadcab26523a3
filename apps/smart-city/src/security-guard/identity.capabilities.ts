import { identity, type Identity } from '@symphainy/contracts';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { governedTask } from '../governed-task.js';

const identityRule = changeRule<Identity>({ name: 'identity', value: identity, apply: (_, __, value) => put('identity', value) });

const registerIdentity = governedTask({
  intent: 'governance.register_identity',
  description: 'Adds a person or service of a tenant, or changes its roles or status.',
  input: identity,
  ofTenant: true,
  changes: (payload) => [recordedChange(identityRule, `${payload.tenant_id}/${payload.user_id}`, payload)],
});

export const identityCapabilities = [registerIdentity];
export const identityRules = [identityRule];
