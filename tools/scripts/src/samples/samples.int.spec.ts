import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allSamples } from './all-samples.js';
import { POLICY_LENGTH, POLICY_RECORDS } from './policy-master.js';

const folder = join(__dirname, '..', '..', '..', '..', 'samples');

describe('samples - the committed files are what their generator makes', () => {
  it('making them again - gives the same bytes, file by file', async () => {
    const made = await allSamples();
    expect(readdirSync(folder).filter((name) => name !== 'README.md').toSorted()).toEqual([...made.keys()].toSorted());
    for (const [name, bytes] of made) expect([name, Buffer.compare(readFileSync(join(folder, name)), bytes)]).toEqual([name, 0]);
  });

  it('together - they stay small enough to live in the repository', async () => {
    const sizes = [...(await allSamples()).values()].map((bytes) => bytes.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
  });

  it('the policy master - is a whole number of records', async () => {
    expect((await allSamples()).get('policy-master.ebcdic')).toHaveLength(POLICY_LENGTH * POLICY_RECORDS);
  });
});
