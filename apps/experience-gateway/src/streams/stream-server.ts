import { Inject, Injectable } from '@nestjs/common';
import { failure } from '@symphainy/contracts';
import { asPlatformError, type PlatformError } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Authenticator } from '../auth/authenticator.js';
import type { Authenticated } from '../auth/authenticated.js';
import type { GatewayEnv } from '../gateway.env.js';
import { demandRoute } from '../auth/key-scope.js';
import { Edge } from '../http/edge.js';
import { pathOf } from '../http/problem.filter.js';
import { answerRaw } from '../http/raw-requests.js';
import { RefusalRecorder } from '../http/refusal-recorder.js';
import { StreamConnection, type StreamServices } from './stream-connection.js';
import { WatchService } from './watch.service.js';

export const STREAM_PATH = '/v1/stream';
const MAX_MESSAGE = 32 * 1024;

/** WS /v1/stream on the HTTP server. An upgrade elsewhere, or with credentials that do not hold, is answered with problem details. */
@Injectable()
export class StreamServer {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, clientTracking: false, perMessageDeflate: false });
  private readonly connections = new Set<StreamConnection>();

  constructor(
    @Inject(HOST) private readonly host: ServiceHost<GatewayEnv>,
    @Inject(WatchService) private readonly watches: WatchService,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(RefusalRecorder) private readonly refusals: RefusalRecorder,
    @Inject(Edge) edge: Edge,
  ) {
    edge.endWhenDraining(() => {
      for (const connection of this.connections) connection.restart();
    });
    host.metrics.gauge('symphainy_gateway_websockets', 'open WebSocket connections', () => this.connections.size);
  }

  install(server: Server): void {
    this.sockets.on('wsClientError', (cause, socket) => {
      const error = failure('request.malformed', { message: 'the upgrade is no WebSocket handshake', fix: 'connect with a WebSocket client (RFC 6455, version 13)', cause });
      const correlationId = this.host.ids.next();
      this.refused(error, undefined, correlationId);
      answerRaw(socket, error, STREAM_PATH, correlationId);
    });
    server.on('upgrade', (request, socket, head) => void this.upgrade(request, socket, head));
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const correlationId = this.host.ids.next();
    const path = pathOf(request.url ?? '/');
    socket.on('error', () => socket.destroy());
    try {
      if (path !== STREAM_PATH) throw failure('request.not_found', { message: `there is no stream at ${path}` });
      if (this.connections.size >= this.host.env.MAX_STREAMS) throw failure('request.rate_limited', { message: 'the gateway carries as many connections as it may' });
      const auth = request.headers.authorization === undefined ? undefined : this.admitted(await this.authenticator.authenticate(request.headers.authorization));
      this.sockets.handleUpgrade(request, socket, head, (accepted) => this.connect(new StreamConnection(accepted, this.services, correlationId, auth), accepted));
    } catch (error) {
      const known = asPlatformError(error);
      this.refused(known, undefined, correlationId);
      answerRaw(socket, known, path, correlationId);
    }
  }

  /** Watching is reading. */
  private admitted(auth: Authenticated): Authenticated {
    demandRoute(auth, { id: 'watchExecution', method: 'GET' });
    return auth;
  }

  private connect(connection: StreamConnection, socket: { once(event: 'close', listener: () => void): unknown }): void {
    this.connections.add(connection);
    socket.once('close', () => this.connections.delete(connection));
  }

  private get services(): StreamServices {
    return {
      watches: this.watches,
      clock: this.host.clock,
      maxStreams: this.host.env.MAX_STREAMS,
      authenticate: async (credentials) => this.admitted(await this.authenticator.verify(credentials)),
      refused: (error, auth, correlationId) => this.refused(error, auth, correlationId),
    };
  }

  private refused(error: PlatformError, auth: Authenticated | undefined, correlationId: string): void {
    this.refusals.note({ error, route: `WS ${STREAM_PATH}`, correlationId, caller: auth?.caller });
  }
}
