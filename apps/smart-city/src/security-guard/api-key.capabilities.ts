import { z } from 'zod';
import { apiKeyRecord, type ApiKeyRecord } from '@symphainy/contracts';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { requireOwner } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';

/** A key that is there already stays as it is: issuing it again must not bring back one that was revoked. */
const keyRule = changeRule<ApiKeyRecord>({
  name: 'api_key',
  value: apiKeyRecord,
  apply: (catalogue, key, value) => (catalogue.get('api_key', key) === undefined ? put('api_key', value) : undefined),
});

const revocation = z.object({ tenant_id: apiKeyRecord.shape.tenant_id });

/** A tenant revokes its own keys only: a key of another tenant by the same id stays. */
const revocationRule = changeRule<z.infer<typeof revocation>>({
  name: 'api_key_revocation',
  value: revocation,
  apply: (catalogue, key, { tenant_id }) => {
    const present = catalogue.get('api_key', key);
    return present === undefined || present.tenant_id !== tenant_id || present.revoked ? undefined : put('api_key', { ...present, revoked: true });
  },
});

const issueKey = governedTask({
  intent: 'governance.issue_key',
  description: 'Makes an API key known by its hash. The key itself never comes here.',
  input: apiKeyRecord.omit({ revoked: true }).strict(),
  changes: (payload, context) => {
    requireOwner(context.tenant_id, payload.tenant_id, '/tenant_id');
    return [recordedChange(keyRule, payload.key_id, { ...payload, revoked: false })];
  },
});

const revokeKey = governedTask({
  intent: 'governance.revoke_key',
  description: 'Revokes an API key of a tenant, for good.',
  input: z.object({ tenant_id: apiKeyRecord.shape.tenant_id, key_id: apiKeyRecord.shape.key_id, reason: z.string().max(500).optional() }),
  changes: (payload, context) => {
    requireOwner(context.tenant_id, payload.tenant_id, '/tenant_id');
    return [recordedChange(revocationRule, payload.key_id, { tenant_id: payload.tenant_id })];
  },
});

export const apiKeyCapabilities = [issueKey, revokeKey];
export const apiKeyRules = [keyRule, revocationRule];
