import { runService } from '@symphainy/service-host';
import { gatewayService } from './gateway.service.js';

runService(gatewayService);
