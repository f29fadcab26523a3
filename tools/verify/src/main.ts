/** verify: checks exported evidence offline, sharing no code with the platform. `symphainy-verify --help` says how it is used. */
import { run } from './command.js';

process.exitCode = run(process.argv.slice(2), { out: (text) => void process.stdout.write(text), error: (text) => void process.stderr.write(text) });
