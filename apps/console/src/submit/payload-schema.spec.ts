import { fieldFor, fieldsOf, payloadOf, valuesOf } from './payload-schema.js';

const schema = {
  type: 'object',
  properties: {
    source: { type: 'string', format: 'data-reference', description: 'The file.' },
    title: { type: 'string' },
    limit: { type: 'integer' },
    ratio: { type: 'number' },
    draft: { type: 'boolean' },
    table: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    rules: { type: 'array', default: [] },
    options: { type: 'object', properties: { code_page: { type: 'string', enum: ['cp037', 'cp500'], default: 'cp037' }, record_length: { type: 'integer' } } },
  },
  required: ['source', 'rules'],
};
const fields = fieldsOf(schema);
const REFERENCE = '01900000-0000-7000-8000-000000000001/receive/file';

describe('payload form - P1, every property has a field', () => {
  it('kinds follow the schema, nested objects one level down', () => {
    expect(fields.map((field) => [field.path, field.kind])).toEqual([
      ['source', 'reference'], ['title', 'text'], ['limit', 'integer'], ['ratio', 'number'], ['draft', 'boolean'], ['table', 'json'], ['rules', 'json'], ['options/code_page', 'choice'], ['options/record_length', 'integer'],
    ]);
  });

  it('required fields come first, nested ones last', () => {
    const sorted = fieldsOf({ properties: { copybook: { type: 'string' }, options: { type: 'object', properties: { a: { type: 'string' } } }, source: { type: 'string' }, title: { type: 'string' } }, required: ['source'] });
    expect(sorted.map((field) => field.path)).toEqual(['source', 'copybook', 'title', 'options/a']);
  });

  it('a property with a default need not be filled in, even where the output lists it as required', () => {
    expect(fields.find((field) => field.path === 'rules')?.required).toBe(false);
    expect(fields.find((field) => field.path === 'options/code_page')?.fallback).toBe('cp037');
  });

  it.each([[{}], [{ type: 'object' }], [{ properties: [] }], [{ properties: { a: true } }]])('a contract without usable properties is no error: %j', (odd) => {
    expect(() => fieldsOf(odd as never)).not.toThrow();
  });
});

describe('payload form - P2, the payload', () => {
  it('empty fields are left out', () => {
    expect(payloadOf(fields, { source: REFERENCE, title: '', limit: ' ' })).toEqual({ payload: { source: REFERENCE }, problems: [] });
  });

  it('texts become the kinds the schema asks for', () => {
    const { payload } = payloadOf(fields, { source: REFERENCE, title: ' two words ', limit: '3', ratio: '0.5', draft: 'false', table: '0', rules: '[{"rule":"unique"}]', 'options/code_page': 'cp500', 'options/record_length': '80' });
    expect(payload).toEqual({ source: REFERENCE, title: ' two words ', limit: 3, ratio: 0.5, draft: false, table: 0, rules: [{ rule: 'unique' }], options: { code_page: 'cp500', record_length: 80 } });
  });

  it('each wrong field is named, and keeps out of the payload', () => {
    const { payload, problems } = payloadOf(fields, { limit: '1.5', ratio: 'much', rules: '[', table: 'Sheet1' });
    expect(problems.map((problem) => problem.path)).toEqual(['source', 'limit', 'ratio', 'table', 'rules']);
    expect(payload).toEqual({});
  });

  it('a payload edited as JSON comes back into the form', () => {
    const payload = { source: REFERENCE, limit: 3, draft: true, table: 'Sheet1', options: { code_page: 'cp500' } };
    const { values, rest } = valuesOf(fields, payload);
    expect(rest).toEqual([]);
    expect(payloadOf(fields, values)).toEqual({ payload, problems: [] });
  });

  it('what the form has no field for is told, not lost', () => {
    expect(valuesOf(fields, { source: REFERENCE, extra: 1 }).rest).toEqual(['extra']);
  });
});

describe('payload form - P3, a refusal finds its field', () => {
  it.each([['/payload/source', 'source'], ['/source', 'source'], ['payload.options.code_page', 'options/code_page'], ['/payload/options/record_length', 'options/record_length'], ['/payload/rules/0/rule', 'rules']])('%s is the field %s', (pointer, path) => {
    expect(fieldFor(fields, pointer)?.path).toBe(path);
  });

  it('a field that is none of the form’s finds none', () => {
    expect(fieldFor(fields, '/session_id')).toBeUndefined();
    expect(fieldFor(fields, undefined)).toBeUndefined();
  });
});
