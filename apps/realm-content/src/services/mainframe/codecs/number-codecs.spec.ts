import fc from 'fast-check';
import { decodeBinary, encodeBinary } from './binary-codec.js';
import { codePage } from './code-pages.js';
import { binaryLength } from '../copybook/copybook-layout.js';
import { decimalParts, decimalText, Undecodable } from './decimal.js';
import { readEdited } from './edited-number.js';
import { decodeFloat } from './float-codec.js';
import { decodePacked, encodePacked } from './packed-codec.js';
import { decodeZoned, encodeZoned, type ZonedForm } from './zoned-codec.js';

const value = fc.record({ negative: fc.boolean(), digits: fc.stringMatching(/^[0-9]{1,38}$/) });
const isZero = (digits: string): boolean => /^0*$/.test(digits);
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('zoned, packed and binary numbers - what is written reads back', () => {
  it('zoned, in every sign form and both families of code pages', () => {
    const form: fc.Arbitrary<ZonedForm> = fc.record({
      signed: fc.constant(true), ascii: fc.boolean(),
      sign: fc.option(fc.record({ position: fc.constantFrom('leading' as const, 'trailing' as const), separate: fc.boolean() }), { nil: undefined }),
    });
    fc.assert(fc.property(value, form, (v, f) => {
      const bytes = encodeZoned(v, f);
      expect(decodeZoned(bytes, 0, bytes.length, f)).toEqual(v);
    }));
  });

  it('packed, signed and unsigned', () => {
    fc.assert(fc.property(value, fc.boolean(), (v, signed) => {
      const stated = signed ? v : { ...v, negative: false };
      const length = Math.floor(v.digits.length / 2) + 1;
      const bytes = encodePacked(stated, length, signed);
      expect(decodePacked(bytes, 0, length, signed)).toEqual({ ...stated, digits: v.digits.padStart(length * 2 - 1, '0') });
    }));
  });

  it('binary of every length, both signs', () => {
    fc.assert(fc.property(value, (v) => {
      const length = binaryLength(v.digits.length);
      const stated = { negative: v.negative && !isZero(v.digits), digits: v.digits.replace(/^0+(?=\d)/, '') };
      expect(decodeBinary(encodeBinary(stated, length, { signed: true, littleEndian: false }), 0, length, true)).toEqual(stated);
    }));
  });

  it('decimal texts - parts and text are each other’s opposite, without a float between', () => {
    fc.assert(fc.property(value, fc.integer({ min: 0, max: 38 }), (v, scale) => {
      const text = decimalText(v.negative, v.digits, scale);
      const parts = decimalParts(text, Math.max(v.digits.length, scale + 1), scale);
      expect(decimalText(parts.negative, parts.digits, scale)).toBe(text);
      expect(BigInt(parts.digits)).toBe(BigInt(v.digits));
    }));
  });

  it.each([[false, '00012345', 2, '123.45'], [true, '5', 3, '-0.005'], [false, '30503', -3, '30503000'], [true, '000', 2, '0.00'], [false, '', 0, '0']])('decimalText(%s, %s, %i) is %s', (negative, digits, scale, text) => {
    expect(decimalText(negative, digits, scale)).toBe(text);
  });
});

describe('sign nibbles and fills - as they come', () => {
  it.each([['12345c', '12345', false], ['12345d', '12345', true], ['12345f', '12345', false], ['12345a', '12345', false], ['12345b', '12345', true], ['12345e', '12345', false]])('packed %s', (bytes, digits, negative) => {
    expect(decodePacked(hex(bytes), 0, 3, true)).toEqual({ negative, digits });
  });

  it.each([
    ['000000', true, 'low-values in a numeric field'], ['ffffff', true, 'high-values in a numeric field'], ['404040', true, 'spaces in a numeric field'], ['123456', true, 'the last nibble of a packed field is no sign'],
    ['1a345c', true, 'a nibble of a packed field is not a digit'], ['12345d', false, 'a minus sign in an unsigned packed field'],
  ])('packed %s - %s: %s', (bytes, signed, reason) => {
    expect(decodePacked(hex(bytes), 0, 3, signed)).toEqual(new Undecodable(reason));
  });

  it.each([['f1f2c3', false], ['f1f2d3', true], ['f1f2f3', false], ['f1f2b3', true], ['f1f2e3', false]])('zoned %s', (bytes, negative) => {
    expect(decodeZoned(hex(bytes), 0, 3, { signed: true, ascii: false })).toEqual({ negative, digits: '123' });
  });

  it.each([['404040', 'spaces in a numeric field'], ['000000', 'low-values in a numeric field'], ['f1c2f3', 'a byte is not a zoned digit'], ['f1f2c3', 'a byte is not a zoned digit']])('unsigned zoned %s - %s', (bytes, reason) => {
    expect(decodeZoned(hex(bytes), 0, 3, { signed: false, ascii: false })).toEqual(new Undecodable(reason));
  });

  it.each([['12{', '120', false], ['12}', '120', true], ['12R', '129', true], ['12s', '123', true]])('ASCII overpunch %s', (text, digits, negative) => {
    expect(decodeZoned(Buffer.from(text), 0, 3, { signed: true, ascii: true })).toEqual({ negative, digits });
  });

  it.each([['  1,234.50-', 2, true, '123450'], ['$**42.00CR', 2, true, '4200'], ['+00012', 2, false, '00012'], ['12.5', 2, false, '1250']])('edited %s', (text, scale, negative, digits) => {
    expect(readEdited(text, scale)).toEqual({ negative, digits });
  });

  it.each([['45543ae9', 4, 'ibm', 345006.5625], ['c276a000', 4, 'ibm', -118.625], ['00000000', 4, 'ibm', 0], ['361677a4590fab60', 8, 'ibm', 7.982006699999985e-14], ['c2ed4000', 4, 'ieee', -118.625]] as const)('float %s of %i bytes, %s', (bytes, length, form, expected) => {
    expect(decodeFloat(hex(bytes), 0, length, form)).toBe(expected);
  });

  it('a float that is no number is refused', () => {
    expect(decodeFloat(hex('7fc00000'), 0, 4, 'ieee')).toEqual(new Undecodable('the float is not a finite number'));
  });
});

describe('code pages - by their usual names', () => {
  it.each(['cp037', 'IBM-037', '37', 'ibm037', 'CCSID 37'])('%s is cp037', (name) => {
    expect(codePage(name).name).toBe('cp037');
  });

  it('each page is one byte a character, the digits where EBCDIC has them', () => {
    for (const name of ['cp037', 'cp273', 'cp500', 'cp1047', 'cp1140']) {
      const page = codePage(name);
      expect([page.characters.length, page.characters[0xf0], page.characters[0x40], page.characters[0]]).toEqual([256, '0', ' ', '\u0000']);
    }
  });

  it('an unknown page - the fix names those that are known', () => {
    expect(() => codePage('cp99999')).toThrow(expect.objectContaining({ code: 'copybook.code_page', field: '/options/code_page', fix: expect.stringContaining('cp1047') as string }));
  });
});
