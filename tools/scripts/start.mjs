// npm start: from a fresh clone to a running platform.
import { join } from 'node:path';
import { answerHelp, become, build, installPackages, root } from './prepare.mjs';

answerHelp('apps/standalone');
try {
  await installPackages();
  await build();
} catch (error) {
  process.stderr.write(`Could not prepare the platform: ${error.message}\n`);
  process.exit(1);
}
become(join(root, 'apps', 'standalone', 'dist', 'main.js'), process.argv.slice(2));
