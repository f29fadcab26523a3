import { runService } from '@symphainy/service-host';
import { runtimeService } from './runtime.module.js';

runService(runtimeService);
