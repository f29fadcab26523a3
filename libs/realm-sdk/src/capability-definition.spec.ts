import { z } from 'zod';
import { dataReference, defineCapability } from './capability-definition.js';
import { defineRealm } from './realm-definition.js';
import { realmConformance } from './conformance.js';
import { child, choice, map, parallel, signal, task, timer } from './step-builders.js';
import type { StepTask } from './step-task.js';

const nothing = () => ({ output: 'x' });
const base = { intent: 'demo.work', version: '1.0.0', description: '', determinism: 'deterministic' as const, input: z.object({ source: dataReference() }), output: z.string() };

/** `depth` parallels, one inside the other. */
const nest = (depth: number): ReturnType<typeof task> => (depth === 0 ? task('leaf', nothing) : parallel(`p${depth}`, { only: [nest(depth - 1)] }));

describe('capability definition', () => {
  it('what all branches run - may be referred to after them', () => {
    const saga = [parallel('p', { left: [task('a', nothing)], right: [timer('b', { durationMs: 1000 })] }), signal('go', 'go', { onTimeout: 'continue' }), task('c', nothing, { needs: ['a', 'p'] })];
    expect(defineCapability({ ...base, saga }).describe('demo').saga.steps.map((s) => s.kind)).toEqual(['parallel', 'signal', 'task']);
  });

  it('contracts - references are marked in the input contract, so that the Runtime can bind them', () => {
    const described = defineCapability({ ...base, saga: [task('a', nothing)] }).describe('demo');
    expect(described.input_contract).toMatchObject({ type: 'object', properties: { source: { type: 'string', format: 'data-reference' } }, required: ['source'] });
  });

  it('children - default to the intents that child steps name', () => {
    const described = defineCapability({ ...base, saga: [task('a', nothing), child('b', { intentType: 'content.ingest', payloadFrom: 'a' })] }).describe('demo');
    expect(described.children).toEqual(['content.ingest']);
  });

  it.each([
    ['two steps of one name', [task('a', nothing), task('a', nothing)], /two steps are named "a"/],
    ['a step that needs a later one', [task('a', nothing, { needs: ['b'] }), task('b', nothing)], /needs "b", which does not surely come before it/],
    ['a child whose payload no step makes', [child('a', { intentType: 'content.ingest', payloadFrom: 'z' })], /needs "z"/],
    ['a name that a nested step has too', [parallel('p', { left: [task('a', nothing)], right: [task('a', nothing)] })], /two steps are named "a"/],
    ['a branch that needs its neighbour', [parallel('p', { left: [task('a', nothing)], right: [task('b', nothing, { needs: ['a'] })] })], /"b" needs "a"/],
    ['a step that needs what only one case runs', [task('a', nothing), choice('c', { cases: { yes: [task('b', nothing)] } }), task('d', nothing, { needs: ['b'] })], /"d" needs "b"/],
    ['a choice without anything before it', [choice('c', { cases: { yes: [] } })], /choice "c" has no step before it/],
    ['items of a later step', [map('m', { itemsFrom: 'a', each: () => undefined }), task('a', nothing)], /"m" needs "a"/],
    ['steps nested without end', [nest(9)], /nested more than 8 deep/],
  ])('%s - is refused where it is declared', (_what, saga, message) => {
    expect(() => defineCapability({ ...base, saga })).toThrow(message);
  });

  it('a realm - refuses two capabilities for one intent', () => {
    const capability = defineCapability({ ...base, saga: [task('a', nothing)] });
    expect(() => defineRealm({ realm: 'demo', capabilities: [capability, capability] })).toThrow(/two capabilities serve demo.work/);
  });
});

const made = defineCapability({ ...base, saga: [task('a', async (t: StepTask<{ source: string }>) => ({ output: 'x', artifacts: [await t.artifact('text', 'demo.text', await (await t.read(t.payload.source)).json())] }))] });
const reference = '019b0000-0000-7000-8000-000000000001/receive/file';
realmConformance(defineRealm({ realm: 'demo', capabilities: [made] }), [{ intent: 'demo.work', payload: { source: reference }, bed: { references: { [reference]: { b: 1, a: 'z'.repeat(20_000) } } } }]);
