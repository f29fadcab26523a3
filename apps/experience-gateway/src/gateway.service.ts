import { defineService } from '@symphainy/service-host';
import { gatewayEnv } from './gateway.env.js';
import { GatewayModule } from './gateway.module.js';

/** The gateway as a service: boot it with `runService`, or within another process with `bootService`. */
export const gatewayService = defineService({ name: 'experience-gateway', plane: 'gateway', env: gatewayEnv, module: (host) => GatewayModule.of(host) });
