import { runService } from '@symphainy/service-host';
import { insightsService } from './insights.manager.js';

runService(insightsService);
