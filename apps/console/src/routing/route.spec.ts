import { artifactRoute, formatRoute, parseRoute, type Route } from './route.js';

const ID = '01900000-0000-7000-8000-000000000001';

describe('routes - what is written is read back', () => {
  it.each<Route>([
    { page: 'executions' },
    { page: 'executions', status: 'failed', intentType: 'content.ingest', scope: 'session' },
    { page: 'execution', executionId: ID },
    { page: 'artifact', executionId: ID, step: 'normalise', name: 'document' },
    { page: 'artifact', executionId: ID, step: 'receive', name: 'a b%2F.pdf' },
    { page: 'submit' },
    { page: 'attention' },
    { page: 'lineage' },
    { page: 'lineage', node: `artifact:${ID}/facts/facts`, place: { pointer: '/facts/0' }, run: ID },
    { page: 'document', executionId: ID, step: 'normalise', name: 'document', place: { page: 2, box: [1, 2.5, 3, 4] } },
    { page: 'records', executionId: ID, step: 'assemble', name: 'dataset', record: 350_000, field: 'COVER-CODE(3)' },
    { page: 'search' },
    { page: 'schedules' },
    { page: 'policies' },
    { page: 'policy-desk', policy: 'a/b c' },
    { page: 'candidate', candidateId: 'no-secrets' },
    { page: 'versions' },
    { page: 'decision', executionId: ID },
    { page: 'tenant', tenantId: 'acme' },
    { page: 'identities', view: 'keys' },
    { page: 'registry', view: 'models' },
    { page: 'health', view: 'services' },
    { page: 'submit', intentType: 'insights.profile', source: `${ID}/normalise/document` },
  ])('%j', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });
});

describe('routes - addresses typed by hand', () => {
  it.each(['', '#', '#/', '/'])('%j is the list', (hash) => {
    expect(parseRoute(hash)).toEqual({ page: 'executions' });
  });

  it('a status that does not exist is no filter', () => {
    expect(parseRoute('#/?status=done')).toEqual({ page: 'executions' });
  });

  it.each(['#/nowhere', '#/executions/a/b', '#/executions/a/artifacts/b', '#/new/x', '#/schedules/x', '#/search/x', '#/lineage/x', `#/executions/${ID}/artifacts/a/b/nowhere`, `#/executions/${ID}/artifacts/a/b/source/x`, '#/policies/nowhere', '#/identities/nobody', '#/tenants/a/b', '#/health/services/x', '#/executions/a/artifacts/b/c/d'])('%s leads nowhere', (hash) => {
    expect(parseRoute(hash).page).toBe('unknown');
  });

  it.each(['{', '[1]', '7', 'null'])('a place that is %s is none, and a record before the first neither', (text) => {
    expect(parseRoute(`#/lineage?node=execution:${ID}&place=${text}`)).toEqual({ page: 'lineage', node: `execution:${ID}` });
    expect(parseRoute(`#/executions/${ID}/artifacts/a/b/records?record=0`)).toEqual({ page: 'records', executionId: ID, step: 'a', name: 'b' });
  });

  it('a broken percent sign does not break the page', () => {
    expect(parseRoute('#/executions/%E0%A4%A')).toEqual({ page: 'execution', executionId: '%E0%A4%A' });
  });

  it('what is not an artifact id has no page', () => {
    expect(artifactRoute(`${ID}/step`)).toBeUndefined();
    expect(artifactRoute(`${ID}/step/name/more`)).toBeUndefined();
    expect(artifactRoute(`${ID}/step/name`)).toEqual({ page: 'artifact', executionId: ID, step: 'step', name: 'name' });
  });
});
