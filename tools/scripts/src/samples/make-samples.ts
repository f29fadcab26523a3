// `node tools/scripts/dist/samples/make-samples.js`: writes the sample documents into samples/.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allSamples } from './all-samples.js';

const folder = join(__dirname, '..', '..', '..', '..', 'samples');

void allSamples().then((samples) => {
  for (const [name, bytes] of samples) {
    writeFileSync(join(folder, name), bytes);
    process.stdout.write(`${name} ${bytes.length}\n`);
  }
});
