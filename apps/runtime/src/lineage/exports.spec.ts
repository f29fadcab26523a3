import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Artifact } from '@symphainy/contracts';
import { sampleCapability, sampleIntent, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { decodeBody } from '@symphainy/execution';
import type { Json } from '@symphainy/kernel';
import { accountOf, type ExecutionAccount } from './execution-account.js';
import { openLineageOf } from './openlineage.js';
import { provOf } from './prov-json.js';

const SOURCE = '00000000-0000-7000-8000-00000000000a/receive/file';
const capability = sampleCapability(sampleSaga('one', 'two'));

/** An execution that read a file and made a table with column lineage from it, and an external reference. */
async function account(end: 'completed' | 'open' | 'failed' = 'completed'): Promise<ExecutionAccount> {
  const stream = new TestStream(capability, sampleIntent());
  stream.settle();
  const id = stream.intent.intent_id;
  const made = (name: string, more: Partial<Artifact>): Artifact => ({ name, artifact_type: 'sample.table', media_type: 'application/json', artifact_id: `${id}/one/${name}`, execution_id: id, step: 'one', content_hash: 'ab'.repeat(32), ...more });
  stream.add([{ type: 'reference_hydrated', ...stream.stamp, step: 'one', attempt: 1, reference: SOURCE }]);
  if (end === 'failed') stream.add([{ type: 'step_failed', ...stream.stamp, step: 'one', attempt: 1, error: { code: 'sample.broken', kind: 'domain', message: 'it broke', retry: { mode: 'terminal' } } }]);
  else {
    stream.add([{
      type: 'step_completed', ...stream.stamp, step: 'one', attempt: 1, handler_build: 'b 1', duration_ms: 4, output: null, events: [], state_changes: [],
      artifacts: [
        made('table', { content: 1, derived_from: [SOURCE], schema: { columns: [{ name: 'total', type: 'decimal' }] }, lineage: { columns: [{ column: 'total', from: [{ reference: SOURCE, column: 'premium', kind: 'aggregation' }], expression: 'sum(premium)' }], all_columns: [{ reference: SOURCE, column: 'status', kind: 'filter' }] } }),
        made('elsewhere', { external: { kind: 'table', binding: 'policy-admin', name: 'public.policies' } }),
      ],
    }]);
  }
  stream.settle();
  if (end === 'completed') {
    stream.complete({});
    stream.settle();
  }
  const frames = stream.frames.map((frame, seq) => ({ ...frame, seq, kind: 'execution' as const, body: frame.body }));
  const reader = { readStream: (_tenant: string, _stream: string, from: number) => Promise.resolve(frames.slice(from)) } as never;
  const found: Artifact = { name: 'file', artifact_type: 'runtime.file', media_type: 'text/csv', artifact_id: SOURCE, execution_id: SOURCE.slice(0, 36), step: 'receive', content_hash: 'cd'.repeat(32), content: 1 };
  expect(decodeBody(frames[0]!.body).length).toBeGreaterThan(0);
  return accountOf({ reader, artifacts: { find: (_, artifactId) => Promise.resolve(artifactId === SOURCE ? { artifact: found, sessionId: 's' } : undefined) } }, 'acme', id);
}

type Event = { eventType: string; run: { runId: string; facets: Record<string, Record<string, Json>> }; job: { name: string }; inputs: { name: string }[]; outputs: { namespace: string; name: string; facets: Record<string, Record<string, Json>> }[] };

describe('OpenLineage', () => {
  it('a finished execution - starts once and ends once, and so does each of its steps, under it', async () => {
    const events = openLineageOf(await account()) as unknown as Event[];
    expect(events.map(({ eventType, job }) => `${eventType} ${job.name}`)).toEqual(['START sample.run', 'START sample.run.one', 'COMPLETE sample.run.one', 'COMPLETE sample.run']);
    expect(events[1]!.run.facets['parent']).toMatchObject({ run: { runId: events[0]!.run.runId } });
    expect(events[0]!.run.facets['symphainy_policy']).toMatchObject({ decision: 'permit' });
  });

  it('datasets - are named by their references, external ones by binding and name, with columns and what they came from', async () => {
    const last = (openLineageOf(await account()) as unknown as Event[]).at(-1)!;
    expect(last.inputs.map(({ name }) => name)).toEqual([SOURCE]);
    expect(last.outputs[1]).toMatchObject({ namespace: 'symphainy://acme/bindings/policy-admin', name: 'public.policies' });
    expect(last.outputs[0]!.facets['columnLineage']).toMatchObject({
      fields: { total: { inputFields: [{ namespace: 'symphainy://acme', name: SOURCE, field: 'premium', transformations: [{ type: 'DIRECT', subtype: 'AGGREGATION', description: 'sum(premium)' }] }] } },
      dataset: [{ field: 'status', transformations: [{ type: 'INDIRECT', subtype: 'FILTER' }] }],
    });
  });

  it('what has not ended - has no end; what failed says so', async () => {
    expect((openLineageOf(await account('open')) as unknown as Event[]).filter(({ job }) => job.name === 'sample.run').map(({ eventType }) => eventType)).toEqual(['START']);
    const failed = (openLineageOf(await account('failed')) as unknown as Event[]).at(-1)!;
    expect([failed.eventType, failed.run.facets['errorMessage']!['message']]).toEqual(['FAIL', 'it broke']);
  });
});

const published = join(process.env['CORPUS_DIR'] ?? '/nowhere', 'governance', 'openlineage');
if (existsSync(published)) describe('OpenLineage’s published schemas (CORPUS_DIR)', () => {
  const read = (file: string): { $id: string } => JSON.parse(readFileSync(join(published, file), 'utf8')) as { $id: string };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const facets = readdirSync(join(published, 'facets')).map((file) => read(join('facets', file)));
  for (const schema of [read('OpenLineage.json'), ...facets]) ajv.addSchema(schema);
  const problems = (schema: string, value: unknown): unknown => (ajv.validate(schema, value) ? [] : ajv.errors);

  it.each(['completed', 'open', 'failed'] as const)('events of an execution that is %s - are valid, and so is each facet that is published', async (end) => {
    for (const event of openLineageOf(await account(end)) as unknown as Event[]) {
      expect(problems('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent', event)).toEqual([]);
      for (const held of [event.run.facets, ...event.outputs.map((output) => output.facets)]) {
        for (const [name, facet] of Object.entries(held)) {
          const schema = facets.find(({ $id }) => $id === facet['_schemaURL']);
          if (schema !== undefined) expect([name, problems(schema.$id, { [name]: facet })]).toEqual([name, []]);
        }
      }
    }
  });

  it('the schemas - refuse an event without its run', async () => {
    const [{ run: _, ...event }] = openLineageOf(await account()) as unknown as [Event];
    expect(problems('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent', event)).not.toEqual([]);
  });
});

describe('PROV-JSON', () => {
  const RELATIONS: { readonly [relation: string]: readonly [string, 'entity' | 'activity' | 'agent'][] } = {
    wasGeneratedBy: [['prov:entity', 'entity'], ['prov:activity', 'activity']], used: [['prov:activity', 'activity'], ['prov:entity', 'entity']], wasDerivedFrom: [['prov:generatedEntity', 'entity'], ['prov:usedEntity', 'entity']],
    wasAssociatedWith: [['prov:activity', 'activity'], ['prov:agent', 'agent']], actedOnBehalfOf: [['prov:delegate', 'agent'], ['prov:responsible', 'agent']], wasInformedBy: [['prov:informed', 'activity'], ['prov:informant', 'activity']],
    wasAttributedTo: [['prov:entity', 'entity'], ['prov:agent', 'agent']], wasStartedBy: [['prov:activity', 'activity'], ['prov:trigger', 'entity']],
  };

  it('the document - declares everything that it relates, and every prefix that it uses', async () => {
    const document = provOf(await account()) as { [part: string]: { [id: string]: { [name: string]: string } } };
    const { prefix, entity, activity, agent, ...relations } = document;
    expect(Object.keys(relations).sort()).toEqual(Object.keys(RELATIONS).sort());
    for (const [relation, members] of Object.entries(RELATIONS)) {
      for (const related of Object.values(relations[relation]!)) for (const [name, kind] of members) expect(Object.keys(document[kind]!)).toContain(related[name]);
    }
    for (const id of [...Object.keys(entity!), ...Object.keys(activity!), ...Object.keys(agent!)]) expect(Object.keys(prefix!)).toContain(id.slice(0, id.indexOf(':')));
  });

  it('the decision - is the plan by which the execution ran for who asked', async () => {
    const { wasAssociatedWith, entity } = provOf(await account()) as unknown as { wasAssociatedWith: Record<string, Record<string, string>>; entity: Record<string, Json> };
    const planned = Object.values(wasAssociatedWith).find((one) => one['prov:plan'] !== undefined)!;
    expect(entity[planned['prov:plan']!]).toMatchObject({ 'sym:decision': 'permit', 'sym:bundle_hash': expect.any(String) as string });
  });
});
