// npm run stack: the seven services as separate processes on real NATS, Redis and Postgres of this machine.
import { join } from 'node:path';
import { answerHelp, become, build, ensurePrograms, installPackages, root } from './prepare.mjs';

answerHelp('tools/scripts');
try {
  await installPackages();
  ensurePrograms([{ program: 'nats-server', package: 'nats-server' }, { program: 'redis-server', package: 'redis-server' }]);
  await build();
} catch (error) {
  process.stderr.write(`Could not prepare the stack: ${error.message}\n`);
  process.exit(1);
}
become(join(root, 'tools', 'scripts', 'dist', 'stack.js'), process.argv.slice(2));
