import fc from 'fast-check';
import type { ContentFact } from '@symphainy/contracts';
import { hashedEmbedder } from '@symphainy/embeddings';
import type { Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import type { ExpertReader } from './agents/expert-reader.agent.js';
import { insightsRealm, insightsRealmWith } from './insights.orchestrator.js';
import { checkClaims } from './services/grounding/check-claims.js';
import { projectFacts } from './services/projection/project-facts.js';

const FACTS = '019b0000-0000-7000-8000-000000000001/facts/facts';
const canonical = (name: string): ContentFact['canonical'] => ({ schema: 'permit@1.0.0', name, matched: name, how: 'name', confidence: 1 });
const fact = (id: string, subject: string, name: string, value: Json, more: Partial<ContentFact> = {}): ContentFact => ({ id, subject, predicate: `own_${name}`, value, value_type: 'string', source: { row: Number(id.slice(1)) }, confidence: 1, canonical: canonical(name), ...more });
const facts: ContentFact[] = [
  fact('f1', 'Permits: BP-1', 'permit_number', 'BP-1'), fact('f2', 'Permits: BP-1', 'applied_date', '2026-05-01', { value_type: 'date' }), fact('f3', 'Permits: BP-1', 'issued_date', '2026-04-01', { value_type: 'date' }),
  fact('f4', 'Permits: BP-1', 'fee', '900.00', { value_type: 'number', unit: '$', raw: '$900.00' }), fact('f5', 'Permits: BP-1', 'estimated_cost', '100.00', { value_type: 'number', unit: '$' }),
  fact('f6', 'Permits: row 2', 'issued_date', '2026-04-09', { value_type: 'date' }), { id: 'f7', subject: 'Permits: row 2', predicate: 'weather', value: 'rain', value_type: 'string', source: { row: 7 }, confidence: 1 },
];
const bed = { references: { [FACTS]: { facts } as unknown as Json }, tools: { 'registry.entries': () => ({ entries: [{ name: 'permit', version: '1.0.0', schema: { required: ['permit_number'] } }] }) } };
const run = (payload: { [key: string]: Json } = {}, realm = insightsRealm) => testBed(realm, bed).run('insights.project_semantic_meaning', { source: FACTS, ...payload });

realmConformance(insightsRealm, [{ intent: 'insights.project_semantic_meaning', payload: { source: FACTS }, bed }, { intent: 'insights.project_semantic_meaning', payload: { source: FACTS, projection_type: 'expert' }, bed }]);

describe('insights.project_semantic_meaning', () => {
  it('deterministic - facts of one subject are one instance of its model, each member with its fact, its own name and its place; what is not mapped is told', async () => {
    const result = await run();
    expect(result.output).toMatchObject({ schemas: ['permit@1.0.0'], instances: 2, facts: 7, mapped: 6 });
    expect(result.content('projection')).toMatchObject({
      instances: [{ subject: 'Permits: BP-1', members: { fee: { value: '900.00', unit: '$', raw: '$900.00', fact: 'f4', predicate: 'own_fee', source: { row: 4 } } }, missing: [] }, { missing: ['permit_number'] }],
      unmapped: { facts: 1, predicates: [{ predicate: 'weather', facts: 1 }] },
    });
    expect(result.artifacts[0]).toMatchObject({ projection: { of: [FACTS], kind: 'deterministic', schema: 'permit@1.0.0' }, lineage: { columns: expect.arrayContaining([{ column: 'permit.fee', from: [{ reference: FACTS, column: 'own_fee' }], expression: 'name: fee' }]) as unknown } });
  });

  it('expert - says what follows, and every claim cites the facts it rests on', async () => {
    const result = await run({ projection_type: 'expert' });
    const { claims } = result.content('expert') as unknown as { claims: { text: string; cites: string[]; citations: { value: Json; source: Json }[] }[] };
    expect(claims.map(({ text, cites }) => [text, cites])).toEqual([
      ['Permits: BP-1: issued date 2026-04-01 comes before applied date 2026-05-01.', ['f2', 'f3']],
      ['Permits: BP-1: fee 900.00 $ is more than estimated cost 100.00 $.', ['f4', 'f5']],
      ['Permits: row 2: nothing states permit number.', ['f6']],
    ]);
    expect(claims[0]!.citations).toEqual([{ fact: 'f2', value: '2026-05-01', source: { row: 2 } }, { fact: 'f3', value: '2026-04-01', source: { row: 3 } }]);
    expect(result.output).toMatchObject({ claims: 3, refused: 0 });
  });

  it('an agent that invents - its claims are refused and do not stand in what is committed', async () => {
    const liar: ExpertReader = { model: 'liar', deterministic: true, reason: () => Promise.resolve([{ text: 'The fee is 901.00.', because: 'x', cites: ['f4'] }, { text: 'All is well.', because: 'x', cites: [] }, { text: 'The fee is 900.00.', because: 'x', cites: ['f99'] }, { text: 'The fee is $900.00.', because: 'x', cites: ['f4'] }]) };
    const result = await run({ projection_type: 'expert' }, insightsRealmWith(hashedEmbedder, liar));
    expect(result.output).toMatchObject({ claims: 1, refused: 3 });
    expect(JSON.stringify(result.content('expert'))).not.toContain('901');
  });

  it('an artifact that holds no facts - is refused by its place', async () => {
    await expect(testBed(insightsRealm, { ...bed, references: { [FACTS]: { blocks: [] } } }).run('insights.project_semantic_meaning', { source: FACTS })).rejects.toMatchObject({ code: 'reference.not_allowed', field: '/source' });
  });
});

describe('grounding - what a claim may say', () => {
  const known = new Map(facts.map((one) => [one.id, one]));

  it('any number that no cited fact states - is refused, whatever stands around it', () => {
    fc.assert(fc.property(fc.integer({ min: 1000, max: 9_999_999 }), fc.subarray(['f1', 'f4', 'f5'], { minLength: 1 }), (number, cites) => {
      expect(checkClaims([{ text: `The fee is ${number}.5 in all.`, because: '', cites }], known).grounded).toEqual([]);
    }), { numRuns: 100 });
  });

  it('any set of facts - each mapped fact stands in exactly one instance, as its member or among its conflicts', () => {
    const some = fc.array(fc.record({ subject: fc.constantFrom('a', 'b'), name: fc.constantFrom('fee', 'city'), value: fc.integer({ min: 0, max: 2 }) }), { maxLength: 20 });
    fc.assert(fc.property(some, (given) => {
      const made = projectFacts(given.map(({ subject, name, value }, at) => fact(`f${at}`, subject, name, value)), [], undefined);
      const held = made.instances.flatMap(({ members, conflicts }) => [...Object.values(members).map((one) => one.fact), ...conflicts.flatMap((one) => one.facts)]);
      for (const [at, { subject, name, value }] of given.entries()) {
        const first = given.findIndex((other) => other.subject === subject && other.name === name);
        expect(held.includes(`f${at}`) || given[first]!.value === value).toBe(true);
      }
    }), { numRuns: 100 });
  });
});
