// npm run chaos: kill -9 under load, on real servers; counts what was lost, stuck, doubled or out of order.
import { join } from 'node:path';
import { answerHelp, become, build, ensurePrograms, installPackages, root } from './prepare.mjs';

answerHelp('tools/chaos');
try {
  await installPackages();
  ensurePrograms([{ program: 'nats-server', package: 'nats-server' }, { program: 'redis-server', package: 'redis-server' }]);
  await build();
} catch (error) {
  process.stderr.write(`Could not prepare the chaos run: ${error.message}\n`);
  process.exit(1);
}
become(join(root, 'tools', 'chaos', 'dist', 'main.js'), process.argv.slice(2));
