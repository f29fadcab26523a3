import * as fc from 'fast-check';
import { classOfFindings, detectData, isIban, passesLuhn } from './detectors.js';

const found = (value: Parameters<typeof detectData>[0]): string[] => detectData(value).map(({ detector, where }) => `${detector} ${where}`);

describe('detectors - say what is personal, by form and by name, and where', () => {
  it.each<[string, object, string[]]>([
    ['an address', { contact: 'ada@example.org' }, ['email /contact']],
    ['a social security number', { id: '078-05-1120' }, ['us_ssn /id']],
    ['numbers that are never issued', { a: '000-12-3456', b: '666-12-3456', c: '900-12-3456', d: '123-00-4567' }, []],
    ['a card number', { card: '4111 1111 1111 1111' }, ['payment_card /card']],
    ['a number that fails its check', { card: '4111 1111 1111 1112' }, []],
    ['an account number', { account: 'DE89 3704 0044 0532 0130 00' }, ['iban /account']],
    ['a telephone number by its form', { x: '+49 30 1234567', y: '(212) 555-0123' }, ['phone /x', 'phone /y']],
    ['the same digits without the field that says so', { policy: '5550123' }, []],
    ['a telephone number by its field', { Phone_Home: '5550123' }, ['phone /Phone_Home']],
    ['a date of birth, and another date', { 'Date of Birth': '1979-03-04', issued: '1999-03-04' }, ['date_of_birth /Date of Birth']],
    ['a name of a person, and of a product', { 'insured-name': 'Ada Lovelace', product_name: 'Home Plus' }, ['person_name /insured-name']],
    ['a column, of which most are addresses', { rows: [{ e: 'a@b.de' }, { e: 'c@d.de' }, { e: 'none' }] }, ['email /rows/*/e']],
    ['a column with one odd value', { rows: [{ note: 'a@b.de' }, { note: 'x' }, { note: 'y' }] }, []],
  ])('%s', (_what, value, expected) => expect(found(value as never)).toEqual(expected));

  it('check digits - any card number stops passing when one digit changes', () => {
    fc.assert(fc.property(fc.stringMatching(/^[2-6]\d{11,17}$/), fc.nat(), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
      const digits = body + [...'0123456789'].find((digit) => passesLuhn(body + digit))!;
      const i = at % digits.length;
      expect(passesLuhn(digits)).toBe(true);
      expect(passesLuhn(digits.slice(0, i) + String((Number(digits[i]) + by) % 10) + digits.slice(i + 1))).toBe(false);
    }));
    expect(isIban('GB82 WEST 1234 5698 7654 32')).toBe(true);
    expect(isIban('GB82 WEST 1234 5698 7654 23')).toBe(false);
  });

  it('the class - is the highest that a finding asks for', () => {
    expect(classOfFindings(detectData({ mail: 'a@b.de' }))).toBe('personal');
    expect(classOfFindings(detectData({ mail: 'a@b.de', id: '078-05-1120' }))).toBe('restricted');
    expect(classOfFindings(detectData({ amount: 12 }))).toBeUndefined();
  });
});
