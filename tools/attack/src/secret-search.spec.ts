import fc from 'fast-check';
import { LEAST_FORM, SecretSearch } from './secret-search.js';

const text = (minLength: number, maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\n'), minLength, maxLength });

describe('search for secrets', () => {
  it('a secret - is found wherever it stands, and nothing else is', () => {
    fc.assert(
      fc.property(fc.array(text(LEAST_FORM, 40), { minLength: 1, maxLength: 4 }), text(0, 60), text(0, 60), fc.nat(3), (forms, before, after, which) => {
        const secrets = forms.map((form, n) => ({ name: `s${n}`, forms: [form] }));
        const searched = `${before}${forms[which % forms.length]!}${after}`;
        expect([...new SecretSearch(secrets).in(searched)].sort()).toEqual(secrets.filter((secret) => searched.includes(secret.forms[0]!)).map(({ name }) => name).sort());
      }),
    );
  });

  it('a form that is too short - is refused, or every text would hold it', () => {
    expect(() => new SecretSearch([{ name: 'pin', forms: ['1234'] }])).toThrow('pin: too short');
  });
});
