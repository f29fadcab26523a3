import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { Authenticator } from './auth/authenticator.js';
import { CallerGuard } from './auth/caller.guard.js';
import { RequestRate } from './auth/request-rate.js';
import { VerificationKeysHolder } from './auth/verification-keys.js';
import { serveConsole } from './console/console-files.js';
import type { GatewayEnv } from './gateway.env.js';
import { allowOrigins } from './http/cors.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { Edge } from './http/edge.js';
import { ProblemFilter } from './http/problem.filter.js';
import { tameRawRequests } from './http/raw-requests.js';
import { RefusalRecorder } from './http/refusal-recorder.js';
import { AccessController } from './routes/access.controller.js';
import { ArtifactsController } from './routes/artifacts.controller.js';
import { EvidenceController } from './routes/evidence.controller.js';
import { ExecutionsController } from './routes/executions.controller.js';
import { FilesRoute } from './routes/files.route.js';
import { GovernanceController } from './routes/governance.controller.js';
import { GrantsController } from './routes/grants.controller.js';
import { IntentsRoute } from './routes/intents.route.js';
import { KeysController } from './routes/keys.controller.js';
import { LineageController } from './routes/lineage.controller.js';
import { OperateController } from './routes/operate.controller.js';
import { PlatformController } from './routes/platform.controller.js';
import { SessionsController } from './routes/sessions.controller.js';
import { StateController } from './routes/state.controller.js';
import { EventsController } from './streams/events.controller.js';
import { StreamServer } from './streams/stream-server.js';
import { WatchService } from './streams/watch.service.js';
import { BackPressure } from './submission/back-pressure.js';
import { GovernedChanges } from './submission/governed-changes.js';
import { IntentSubmitter } from './submission/intent-submitter.js';
import { OperationSubmitter } from './submission/operation-submitter.js';
import { ContentSender } from './uploads/content-sender.js';
import { OBJECTS } from './uploads/objects.token.js';
import { openObjects } from './uploads/open-objects.js';
import { UploadService } from './uploads/upload.service.js';

/** Puts the gateway together. Order on the server: edge (ids, headers), origins, guard, then routes, so that no route escapes the guard. */
@Module({})
export class GatewayModule {
  static of(host: ServiceHost<GatewayEnv>): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [AccessController, GrantsController, KeysController, SessionsController, ExecutionsController, OperateController, EventsController, StateController, ArtifactsController, EvidenceController, LineageController, GovernanceController, PlatformController],
      providers: [
        { provide: OBJECTS, useFactory: () => openObjects(host.env, host.clock) },
        { provide: APP_FILTER, useClass: ProblemFilter },
        VerificationKeysHolder, Authenticator, RequestRate, CallerGuard, AllowedMethods, Edge, RefusalRecorder, BackPressure, IntentSubmitter, GovernedChanges, OperationSubmitter, IntentsRoute, UploadService, ContentSender, FilesRoute, WatchService, StreamServer,
      ],
    };
  }

  constructor(
    @Inject(HOST) host: ServiceHost<GatewayEnv>,
    @Inject(HttpAdapterHost) { httpAdapter }: HttpAdapterHost<FastifyAdapter>,
    @Inject(Edge) edge: Edge,
    @Inject(CallerGuard) guard: CallerGuard,
    @Inject(IntentsRoute) intents: IntentsRoute,
    @Inject(FilesRoute) files: FilesRoute,
    @Inject(StreamServer) streams: StreamServer,
    @Inject(RefusalRecorder) refusals: RefusalRecorder,
  ) {
    const server = httpAdapter.getInstance();
    tameRawRequests(server.server, host.ids, (error, correlationId) => refusals.note({ error, route: 'no request', correlationId, caller: undefined }));
    edge.install(server);
    allowOrigins(server, host.env.CORS_ORIGINS);
    server.addHook('onRequest', guard.onRequest);
    intents.install(server);
    files.install(server);
    streams.install(server.server);
    if (!serveConsole(server, host.env.CONSOLE_DIR) && host.env.CONSOLE_DIR !== undefined) host.logger.warn({}, 'CONSOLE_DIR holds no built console; nothing is served at /console/');
  }
}
