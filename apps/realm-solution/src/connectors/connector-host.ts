import { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { failure, statusOf, tableQuery } from '@symphainy/contracts';
import { asPlatformError, toWireError } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { ConnectorDesk } from './connector-desk.js';

/** What is used of Fastify. */
interface Reply {
  status(code: number): Reply;
  headers(values: Record<string, string>): Reply;
  send(body: unknown): unknown;
}
interface Request {
  readonly query: { readonly ticket?: string };
  readonly body: unknown;
}
interface Scope {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(type: 'application/json', options: { parseAs: 'string'; bodyLimit: number }, parser: (request: unknown, body: string, done: (error: null, body: unknown) => void) => void): void;
  post(path: string, route: (request: Request, reply: Reply) => Promise<unknown>): void;
  get(path: string, route: (request: Request, reply: Reply) => Promise<unknown>): void;
}
interface Server {
  register(plugin: (scope: Scope) => Promise<void>): unknown;
}

const QUERY_BYTES_MAX = 1024 * 1024;

/** Opens external data for the Runtime, and serves `/external?ticket=<ticket>`: by POST a table's rows, by GET an object's bytes, streamed to the step that the ticket was given to. */
@Injectable()
export class ConnectorHost implements OnModuleInit {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(ConnectorDesk) private readonly desk: ConnectorDesk,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    this.host.channels.serve('realm.{realm}.{tenant}.connector', { realm: 'solution' }, ({ does, connector, external }) => this.desk.open(does, connector, external));
    this.http.httpAdapter.getInstance<Server>().register((scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: QUERY_BYTES_MAX }, (_request, body, done) => done(null, body));
      scope.post('/external', (request, reply) => this.answer(reply, () => this.rows(request, reply)));
      scope.get('/external', (request, reply) => this.answer(reply, () => this.object(request, reply)));
      return Promise.resolve();
    });
  }

  private async rows({ query, body }: Request, reply: Reply): Promise<unknown> {
    const rows = await this.desk.rows(query.ticket ?? '', asked(body));
    return reply.headers({ 'content-type': 'text/csv; charset=utf-8', 'x-as-of': rows.asOf }).send(Readable.from(rows.bytes, { objectMode: false }));
  }

  private async object({ query }: Request, reply: Reply): Promise<unknown> {
    const { described, bytes } = await this.desk.object(query.ticket ?? '');
    return reply.headers({ 'content-type': described.mediaType }).send(Readable.from(bytes, { objectMode: false }));
  }

  private async answer(reply: Reply, work: () => Promise<unknown>): Promise<unknown> {
    try {
      return await work();
    } catch (error) {
      const known = asPlatformError(error);
      if (known.code === 'platform.internal') this.host.logger.error({ err: error }, 'a read of external data failed unexpectedly');
      return reply.status(statusOf(known.code)).headers({ 'content-type': 'application/json' }).send(JSON.stringify(toWireError(known)));
    }
  }
}

function asked(body: unknown): ReturnType<typeof tableQuery.parse> {
  const parsed = tableQuery.safeParse(typeof body === 'string' ? asJson(body) : undefined);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw failure('request.invalid', { message: issue?.message ?? 'the query of a table does not fit', field: `/${(issue?.path ?? []).join('/')}` });
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
