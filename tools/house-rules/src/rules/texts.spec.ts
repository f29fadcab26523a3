import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkLeftovers, checkMachines, checkSleeps } from './texts.js';

const holding = (text: string, path = 'libs/x/src/a.ts') => repositoryOf({ [path]: `first line\n${text}\n` });

describe('texts', () => {
  it('this repository - nothing is left behind', () => {
    expect(checkLeftovers(thisRepository)).toEqual([]);
  });

  it('this repository - knows no machine and no network', () => {
    expect(checkMachines(thisRepository)).toEqual([]);
  });

  it('this repository - no test sleeps to win a race', () => {
    expect(checkSleeps(thisRepository)).toEqual([]);
  });

  it.each([`// TO${'DO'} later`, `// eslint-${'disable-next-line'}`, `// @ts-${'ignore'}`, `it.${'skip'}('x', f)`, `${'<'.repeat(7)} HEAD`])('the leftover "%s" - is found with its line', (text) => {
    expect(checkLeftovers(holding(text))).toEqual([expect.stringMatching(/^libs\/x\/src\/a\.ts:2: /)]);
  });

  it.each([`/ho${'me'}/someone/file`, `see "/ro${'ot'}/x"`, `https://regi${'stry'}.example.org/pkg`, `http://${'10.0'}.0.4/x`])('the address "%s" - is found', (text) => {
    expect(checkMachines(holding(text, 'docs/a.md'))).toHaveLength(1);
  });

  it.each(['apps/x/home/page', '/v1/work/items is a route', 'https://example.org/docs', 'http://127.0.0.1:8080'])('"%s" - is nobody’s machine', (text) => {
    expect(checkMachines(holding(text, 'docs/a.md'))).toEqual([]);
  });

  it('a sleeping test - is found', () => {
    expect(checkSleeps(holding(`await new Promise((done) => set${'Timeout'}(done, 100));`, 'libs/x/src/a.spec.ts'))).toHaveLength(1);
  });

  it('polling a condition, and simulating a duration - are no sleep', () => {
    expect(checkSleeps(holding(`while (!done()) await new Promise((next) => set${'Timeout'}(next, 10));`, 'libs/x/src/a.spec.ts'))).toEqual([]);
    expect(checkSleeps(holding(`await new Promise((next) => set${'Timeout'}(next, wait_ms));`, 'libs/x/src/a.spec.ts'))).toEqual([]);
  });
});
