import { dataContract } from '@symphainy/contracts';
import { compileBundle } from '@symphainy/governance';
import { sampleBundle } from '@symphainy/governance/testing';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import { governanceTools } from './governance-tools.js';
import type { ToolContext } from './tools.js';

const contracts = ['acme', 'globex'].map((tenant_id) => dataContract.parse({ tenant_id, artifact_type: 'sample.card', version: '1.0.0', owner: 'claims', schema: {} }));
const bundle = compileBundle(sampleBundle({ data_contracts: contracts }), 'a'.repeat(64));
const tools = governanceTools({ bundles: { require: () => bundle } as unknown as BundleHolder, archive: undefined as never });
/** As a step of a tenant asks. */
const asked = async (tenant_id: string, list: string, key: string): Promise<unknown> => tools['governance.entry']!({ caller: { tenant_id } } as ToolContext, { list, key });

describe('governance.entry', () => {
  it('a step of a tenant - is told its own contract, and nothing of another’s, nor of any other list', async () => {
    expect(await asked('acme', 'data_contracts', 'acme/sample.card')).toEqual(contracts[0]);
    expect(await asked('acme', 'data_contracts', 'acme/sample.none')).toBeNull();
    for (const [list, key] of [['data_contracts', 'globex/sample.card'], ['data_contracts', 'acme2/sample.card'], ['tenants', 'acme'], ['identities', 'acme/alice'], ['policies', 'acme/x']] as const) {
      await expect(async () => asked('acme', list, key)).rejects.toMatchObject({ code: 'tool.not_allowed' });
    }
  });

  it('a step of the platform - is told any entry', async () => {
    expect(await asked('platform', 'data_contracts', 'globex/sample.card')).toEqual(contracts[1]);
    expect(await asked('platform', 'tenants', 'acme')).toMatchObject({ tenant_id: 'acme' });
  });
});
