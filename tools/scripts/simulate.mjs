// npm run simulate: seeded schedules of the whole platform in memory, with faults; shows that known kinds of bugs are found.
import { join } from 'node:path';
import { answerHelp, become, build, installPackages, root } from './prepare.mjs';

answerHelp('tools/simulate');
try {
  await installPackages();
  await build();
} catch (error) {
  process.stderr.write(`Could not prepare the simulation: ${error.message}\n`);
  process.exit(1);
}
become(join(root, 'tools', 'simulate', 'dist', 'main.js'), process.argv.slice(2));
