import fc from 'fast-check';
import { ambiguities } from './strict-json.js';

describe('ambiguities', () => {
  it('what JSON.stringify writes, whatever it holds - is read one way only', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.nat(3), (value, spaces) => expect(ambiguities(JSON.stringify(value, undefined, spaces))).toEqual([])));
  });

  it('a member named twice, at any depth and however it is written - is told with its place', () => {
    expect(ambiguities('{"a":1,"b":{"c":[0,{"d":1,"\\u0064" : 2}]},"a":1}')).toEqual(['/b/c/1/d stands there twice', '/a stands there twice']);
    expect(ambiguities('{"__proto__":1,"__proto__":2}')).toEqual(['/__proto__ stands there twice']);
    expect(ambiguities('{"a\\\\":1,"a\\"":2,"a/~":{"x":1,"x":1}}')).toEqual(['/a~1~0/x stands there twice']);
    expect(ambiguities('[{"a":1},{"a":1},"a","a",{"a":"a"}]')).toEqual([]);
  });

  it('a number that loses digits - is told; one that is only written otherwise is not', () => {
    expect(ambiguities('[9007199254740993,-0.10000000000000000001,1e400,{"n":123456789012345678901}]')).toHaveLength(4);
    expect(ambiguities('[9007199254740992,1.0,-0,0.0,1E3,1000e-3,0.1,5e-324,1.7976931348623157e308,12300]')).toEqual([]);
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => expect(ambiguities(`[${n.toExponential()}]`)).toEqual([])));
  });
});
