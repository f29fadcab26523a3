import fc from 'fast-check';
import { canonicalModels, canonicalNames, type CanonicalModel } from './canonical-names.js';
import { amountOf, canonicalValue, dateOf } from './normal-values.js';

const permit: CanonicalModel = { schema: 'permit@1.0.0', members: [
  { name: 'permit_number', synonyms: ['permit_number', 'permit no', 'permit #'], required: true },
  { name: 'issued_date', synonyms: ['issued_date', 'date issued'], required: false, format: 'date' },
  { name: 'permit_type', synonyms: ['permit_type', 'permit type description'], required: false },
  { name: 'estimated_cost', synonyms: ['estimated_cost', 'const cost'], required: false },
] };
const policy: CanonicalModel = { schema: 'policy@2.1.0', members: [{ name: 'policy_number', synonyms: ['policy_number', 'pol no'], required: true }, { name: 'issue_date', synonyms: ['issue_date', 'date issued'], required: false, format: 'date' }] };
const mapped = (names: string[], models = [permit, policy]) => Object.fromEntries([...canonicalNames(names, models)].map(([name, one]) => [name, `${one.name} ${one.how}`]));

describe('canonical names - which member a source’s name is', () => {
  it('forms of the same words - are told with how they are like', () => {
    expect(mapped(['Permit__', 'PermitTypeDesc', 'Issued Date', 'date isued', 'Const_Cost'])).toEqual({ Permit__: 'permit_number synonym', PermitTypeDesc: 'permit_type synonym', 'Issued Date': 'issued_date name', Const_Cost: 'estimated_cost synonym' });
    expect(mapped(['permit no', 'date isued'])).toEqual({ 'permit no': 'permit_number name', 'date isued': 'issued_date spelling' });
    expect(mapped(['No. of Permit', 'Number Permit', 'Issue Dates'])).toMatchObject({ 'Number Permit': 'permit_number words' });
  });

  it('a name that nothing is like, a table of another kind, one shared word - stay their own', () => {
    expect(mapped(['permit no', 'date issued', 'weather', 'mood'])).toEqual({ 'permit no': 'permit_number name', 'date issued': 'issued_date synonym' });
    expect(mapped(['name', 'colour', 'weight'])).toEqual({});
    expect(mapped(['date issued', 'colour', 'weight'])).toEqual({});
  });

  it('words that two models share - belong to the model that fits the rest', () => {
    expect(mapped(['pol nbr', 'date issued'])).toEqual({ 'pol nbr': 'policy_number name', 'date issued': 'issue_date synonym' });
  });

  it('any names - each member is given at most once, and the order of the models changes nothing', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('permit no', 'PERMIT #', 'Date Issued', 'issued date', 'pol no', 'const cost', '__proto__', 'constructor')), { maxLength: 12 }), (names) => {
      const map = canonicalNames(names, [permit, policy]);
      const members = [...map.values()].map(({ name }) => name);
      expect(new Set(members).size).toBe(members.length);
      expect(new Set([...map.values()].map(({ schema }) => schema)).size).toBeLessThanOrEqual(1);
      expect([...canonicalNames(names, [policy, permit])]).toEqual([...map]);
    }), { numRuns: 200 });
  });

  it('several versions - the newest one’s members count, with all the vocabulary’s words', () => {
    const schema = (version: string) => ({ name: 'permit', version, description: '', compatibility: 'backward' as const, schema: { properties: { number: {} }, required: ['number'] } });
    const vocabulary = { name: 'words', version: '1.0.0', description: '', terms: [{ term: 'no', synonyms: ['nr'], schema: 'permit', path: '/number' }, { term: 'other', synonyms: [] }] };
    expect(canonicalModels([schema('1.9.0'), schema('1.10.0')], [vocabulary])).toEqual([{ schema: 'permit@1.10.0', members: [{ name: 'number', synonyms: ['no', 'nr'], required: true, format: undefined }] }]);
  });
});

describe('values in their normal form', () => {
  it.each([
    ['$1,486,000.00', '1486000.00', '$'], ['USD 1,240.50', '1240.50', 'USD'], ['1.234,56 €', '1234.56', 'EUR'], ['($12.00)', '-12.00', '$'], ['-£7', '-7', 'GBP'], ['€ -7.5', '-7.5', 'EUR'], ['CHF 1’000’000,00', '1000000.00', 'CHF'], ['$0.00', '0.00', '$'],
  ])('%s - is %s %s', (text, value, unit) => {
    expect(amountOf(text)).toEqual({ value, unit });
  });

  it.each(['1,240', '2,400 gallons', '$1,2', '($12.00', '$12 USD', 'USD', '12%', '1.234.56'])('%s - is no amount of money', (text) => {
    expect(amountOf(text)).toBeUndefined();
  });

  it('any amount of cents - is read back from every form it is written in', () => {
    fc.assert(fc.property(fc.integer({ min: -1e11, max: 1e11 }), (cents) => {
      const plain = `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
      const english = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 }).format(Math.abs(cents) / 100);
      const german = new Intl.NumberFormat('de-DE', { minimumFractionDigits: 2 }).format(Math.abs(cents) / 100);
      const sign = cents < 0 ? '-' : '';
      for (const text of [`${sign}$${english}`, `${sign}${german} €`, `EUR ${sign}${english}`]) expect(amountOf(text)?.value).toBe(plain);
    }), { numRuns: 200 });
  });

  it.each([['1681189200000', '2023-04-11'], ['11.04.2023', '2023-04-11'], ['2023-04-11T05:00:00Z', '2023-04-11'], ['31.02.2023', undefined], ['1500', undefined]])('%s - as a date is %s', (text, date) => {
    expect(dateOf(text)).toBe(date);
  });

  it('a member that is a date, or identifies - gets its form, and what stood there is kept', () => {
    expect(canonicalValue({ value: 1681189200000, value_type: 'number' }, { format: 'date', identifies: false })).toEqual({ value: '2023-04-11', value_type: 'date', raw: '1681189200000' });
    expect(canonicalValue({ value: ' BP–12 ', value_type: 'string' }, { identifies: true })).toEqual({ value: 'BP-12', value_type: 'string', raw: ' BP–12 ' });
    expect(canonicalValue({ value: 7, value_type: 'number' }, { identifies: true })).toEqual({ value: '7', value_type: 'string' });
  });
});
