import { runService } from '@symphainy/service-host';
import { smartCityService } from './smart-city.module.js';

runService(smartCityService);
