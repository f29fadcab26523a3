// npm run bench: the three-step workload in separate processes on real servers.
import { join } from 'node:path';
import { answerHelp, become, build, ensurePrograms, installPackages, root } from './prepare.mjs';

answerHelp('tools/bench');
try {
  await installPackages();
  ensurePrograms([{ program: 'nats-server', package: 'nats-server' }, { program: 'redis-server', package: 'redis-server' }]);
  await build();
} catch (error) {
  process.stderr.write(`Could not prepare the benchmark: ${error.message}\n`);
  process.exit(1);
}
become(join(root, 'tools', 'bench', 'dist', 'main.js'), process.argv.slice(2));
