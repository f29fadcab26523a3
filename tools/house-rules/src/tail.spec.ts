import { repositoryOf } from './repository.js';
import { thisRepository } from './this-repository.js';
import { tailOf, tailText } from './tail.js';

describe('the tail', () => {
  it('this repository - is printed, so that what grows is seen', () => {
    const tail = tailOf(thisRepository, 5);
    process.stdout.write(`\n${tailText(tail)}`);
    expect(tail.files).toHaveLength(5);
  });

  it('lengths and widths - are measured where they stand', () => {
    const tail = tailOf(repositoryOf({ 'libs/x/src/a.ts': '// why\nclass A {\n  constructor(a: number, b: number) {}\n  m() {\n    return 1;\n  }\n}\n' }));
    expect(tail.functions[0]).toEqual({ place: 'libs/x/src/a.ts:4 m', lines: 3 });
    expect(tail.constructors).toEqual([{ place: 'libs/x/src/a.ts:3 constructor', parameters: 2 }]);
    expect(tail.commentPercent).toBe(13);
  });
});
