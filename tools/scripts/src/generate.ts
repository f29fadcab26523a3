// `npm run generate`: writes every generated file that is committed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { generatedFiles } from './generated-files.js';
import { loadServices } from './service-doors.js';

const root = resolve(__dirname, '../../..');
const files = generatedFiles(root, () => loadServices(root, 'dist/index.js', createRequire(__filename)));

for (const [path, render] of Object.entries(files)) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, render());
  console.log(`wrote ${path}`);
}
