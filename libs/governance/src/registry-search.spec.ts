import { agentEntry, capabilityNotice, domainEntry, solutionEntry, type RegistryFound, type RegistryHealth, type RegistryQuery } from '@symphainy/contracts';
import fc from 'fast-check';
import { searchRegistry } from './index.js';
import { sampleBundle, sampleCapability } from './testing.js';

const bundle = sampleBundle({
  capabilities: [sampleCapability('content.ingest', { description: 'Reads files', owner: 'Team Intake' }), sampleCapability('insights.profile', { description: 'Profiles what content holds', determinism: 'grounded' })],
  notices: [capabilityNotice.parse({ capability: 'insights.profile', deprecated_at: '2026-01-01T00:00:00.000Z' })],
  agents: [agentEntry.parse({ name: 'content-reader', version: '1.0.0', realm: 'content', determinism: 'deterministic' })],
  domains: [domainEntry.parse({ name: 'claims', version: '1.0.0', realms: ['content', 'insights'], owner: 'Team Claims' })],
  solutions: [solutionEntry.parse({ name: 'migration', version: '1.0.0', context: {}, intents: ['content.ingest'], realms: ['content'] })],
});
const health: Readonly<Record<string, RegistryHealth>> = { content: 'well', insights: 'away' };
const find = (query: RegistryQuery): RegistryFound[] => searchRegistry(bundle, query, (realm) => health[realm] ?? 'unknown');
const names = (query: RegistryQuery): string[] => find(query).map(({ name }) => name);

describe('the registry', () => {
  it('words - must all be there, in name, description, owner or realm; names come before the rest', () => {
    expect([names({ text: 'content' }), names({ text: 'TEAM claims' }), names({ text: 'files claims' })]).toEqual([['content-reader', 'content.ingest', 'claims', 'insights.profile', 'migration'], ['claims'], []]);
  });

  it('filters - narrow by kind, owner, determinism, health and notice; a domain is as well as the worst of its realms', () => {
    expect(names({ kind: 'solution' })).toEqual(['migration']);
    expect(names({ owner: 'intake' })).toEqual(['content.ingest']);
    expect(names({ determinism: 'grounded' })).toEqual(['insights.profile']);
    expect(names({ health: 'away' })).toEqual(['claims', 'insights.profile']);
    expect([names({ deprecated: 'true' }), names({ deprecated: 'false', kind: 'capability' })]).toEqual([['insights.profile'], ['content.ingest']]);
  });

  it('any query - finds no more than a wider one', () => {
    const query = fc.record({ text: fc.constantFrom('content', 'team', 'i'), kind: fc.constantFrom('capability', 'agent', 'domain', 'solution'), health: fc.constantFrom('well', 'away'), deprecated: fc.constantFrom('true', 'false') }, { requiredKeys: [] });
    fc.assert(fc.property(query, (narrow) => {
      for (const dropped of Object.keys(narrow)) {
        const wide = Object.fromEntries(Object.entries(narrow).filter(([key]) => key !== dropped));
        expect(names(wide as RegistryQuery)).toEqual(expect.arrayContaining(names(narrow as RegistryQuery)));
      }
    }));
  });
});
