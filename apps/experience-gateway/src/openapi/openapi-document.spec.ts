import { Validator } from '@seriousme/openapi-schema-validator';
import { errorCodes } from '@symphainy/contracts';
import { operations } from '../routes/operations.js';
import { openApiDocument } from './openapi-document.js';

type Node = { [key: string]: unknown };

const document = openApiDocument(operations, '1.2.3') as unknown as {
  paths: Record<string, Record<string, { operationId: string; parameters?: { name: string; in: string }[]; responses: Node; requestBody?: Node; security?: unknown[] }>>;
  components: { schemas: Record<string, Node> };
};
const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, contract]) => ({ path, method, contract })));

describe('OpenAPI document', () => {
  it('is valid OpenAPI 3.1, and every reference in it resolves', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document) as Node);
    expect([result.errors ?? [], result.valid, validator.version]).toEqual([[], true, '3.1']);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((found) => found[1]!);
    expect(references.filter((ref) => !(ref.replace('#/components/schemas/', '') in document.components.schemas))).toEqual([]);
    expect(references.length).toBeGreaterThan(50);
  });

  it('covers every operation once, with its path parameters', () => {
    const wanted = operations.map((o) => `${o.method} ${o.path.replace(/:(\w+)/g, '{$1}')} ${o.id}`);
    expect(described.map(({ path, method, contract }) => `${method.toUpperCase()} ${path} ${contract.operationId}`).sort()).toEqual([...wanted, 'GET /v1/stream stream'].sort());
    const inPath = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!);
    for (const { path, contract } of described) expect([path, contract.parameters?.filter((p) => p.in === 'path').map((p) => p.name) ?? []]).toEqual([path, inPath(path)]);
  });

  it('says of every operation how it succeeds, how it fails, and whether it is open', () => {
    for (const { contract } of described.filter(({ path }) => path !== '/v1/stream')) {
      const source = operations.find((o) => o.id === contract.operationId)!;
      const statuses = Object.keys(contract.responses);
      expect(statuses).toEqual(expect.arrayContaining([...Object.keys(source.replies), '500', ...(source.access === 'caller' ? ['401', '503'] : [])]));
      expect([source.id, contract.security]).toEqual([source.id, source.access === 'public' ? [] : undefined]);
    }
    for (const code of operations.flatMap((o) => o.failures ?? [])) expect(errorCodes).toHaveProperty([code]);
  });

  it('tells what may be left out of a body, and what a reader must not rely on', () => {
    const submit = document.paths['/v1/intents']!['post']!.requestBody as { required: boolean; content: { 'application/json': { schema: { required: string[]; additionalProperties: boolean; properties: Node } } } };
    const { schema } = submit.content['application/json'];
    expect([submit.required, schema.required.sort(), schema.additionalProperties, schema.properties['payload']]).toEqual([true, ['intent_type', 'session_id'], false, { default: {}, type: 'object' }]);
    expect((document.paths['/v1/sessions']!['post']!.requestBody as { required: boolean }).required).toBe(false);
    expect(document.components.schemas['Session']).not.toHaveProperty('additionalProperties');
  });
});
