// npm run scorecard: the readers against files with known results, beside the libraries one would otherwise use.
import { join } from 'node:path';
import { answerHelp, become, build, installPackages, root } from './prepare.mjs';

answerHelp('tools/scorecard');
try {
  await installPackages();
  await build();
} catch (error) {
  process.stderr.write(`Could not prepare the scorecard: ${error.message}\n`);
  process.exit(1);
}
become(join(root, 'tools', 'scorecard', 'dist', 'main.js'), process.argv.slice(2));
