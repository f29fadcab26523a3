/**
 * service-host: what turns a Nest module and an env contract into a service.
 *
 * `defineService` says what a service is; `bootService` starts it (env, logs, telemetry, bus, Nest, HTTP with health and metrics) and
 * returns a handle that drains and closes; `runService` is the whole of a `main.ts`. `Channels` is the typed door to the subject catalogue.
 */
export { defineService, HOST, type ServiceDefinition, type ServiceHost } from './service-definition.js';
export { bootService, type BootOptions, type RunningService } from './boot.js';
export { runService } from './run.js';
export { Channels, encodeJson, decodeJson, type ChannelsOptions, type MessageMeta } from './channels.js';
export { hostEnv, type HostEnv } from './host.env.js';
export { guardedAddress, isPublicAddress, parseAllowedTargets, type AllowedTargets } from '@symphainy/outbound';
export { createLogger } from './logging.js';
