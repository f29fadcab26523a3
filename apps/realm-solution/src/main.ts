import { runService } from '@symphainy/service-host';
import { solutionService } from './solution.manager.js';

runService(solutionService);
