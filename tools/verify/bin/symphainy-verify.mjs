#!/usr/bin/env node
// symphainy-verify: see `--help`. Built by `npm run build`, or alone by tsc in this folder; it needs nothing but Node.
import '../dist/main.js';
