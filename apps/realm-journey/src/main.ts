import { runService } from '@symphainy/service-host';
import { journeyService } from './journey.manager.js';

runService(journeyService);
