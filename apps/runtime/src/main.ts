import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runService } from '@symphainy/service-host';
import { runtimeService } from './runtime.module.js';

// Where there are two cores for all, threads that help V8 to collect young objects wait for a core more than they help: they took a fifteenth of the runtime's CPU (docs/performance.md).
if (availableParallelism() <= 2) setFlagsFromString('--no-parallel-scavenge');

runService(runtimeService);
