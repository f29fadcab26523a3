// npm run attack: a hostile client and a hostile realm against real processes; counts what succeeded and what left no record.
import { join } from 'node:path';
import { answerHelp, become, build, ensurePrograms, installPackages, root } from './prepare.mjs';

answerHelp('tools/attack');
try {
  await installPackages();
  ensurePrograms([{ program: 'nats-server', package: 'nats-server' }, { program: 'redis-server', package: 'redis-server' }]);
  await build();
} catch (error) {
  process.stderr.write(`Could not prepare the attack: ${error.message}\n`);
  process.exit(1);
}
become(join(root, 'tools', 'attack', 'dist', 'main.js'), process.argv.slice(2));
