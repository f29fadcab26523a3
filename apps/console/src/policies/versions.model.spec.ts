import { aboutOf } from '../govern/recorded-change.js';
import { changesOf, type KeptVersion } from './versions.model.js';

const at = '2026-01-01T00:00:00.000Z';
const version = (made_by: KeptVersion['made_by']): KeptVersion => ({ version: 2, hash: 'h', created_at: at, current: true, made_by });

describe('versions with what made them', () => {
  it('a promotion - is told by its candidate, another change by what it changed first; a declaration has no record', () => {
    const made_by = [
      { tenant_id: 'platform', user_id: 'smart-city', intent_type: 'declaration', at, changed: ['tenants/acme', 'tenants/globex'] },
      { tenant_id: 'acme', user_id: 'ada', intent_type: 'governance.put_boundary', execution_id: 'e1', at, changed: ['data_boundaries/acme/b'] },
      { tenant_id: 'platform', user_id: 'root', intent_type: 'governance.promote_bundle', execution_id: 'e2', at, reason: 'because', changed: ['policies/p', 'candidates/c'] },
    ];
    expect(changesOf(version(made_by))).toEqual([
      { action: 'promote_bundle', by: 'root', at, executionId: 'e2', reason: 'because', about: 'c' },
      { action: 'put_boundary', by: 'acme/ada', at, executionId: 'e1', about: 'acme/b' },
      { action: 'declaration', by: 'smart-city', at, about: 'acme and 1 more' },
    ]);
  });

  it('a payload - is told by what it names, and why', () => {
    expect(aboutOf({ candidate_id: 'c', reason: 'because' })).toEqual({ about: 'c', reason: 'because' });
    expect(aboutOf({ tenant_id: 'acme', user_id: 'ada' })).toEqual({ about: 'acme/ada' });
    expect(aboutOf({ version: 3 })).toEqual({ about: 'v3' });
  });
});
