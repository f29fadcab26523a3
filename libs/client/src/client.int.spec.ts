import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type Client } from './client.js';
import { ProblemError } from './problem-error.js';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A gateway played by a script: each request gets the next answer. */
class ScriptedGateway {
  readonly requests: { line: string; headers: IncomingMessage['headers']; body: string }[] = [];
  readonly answers: Answer[] = [];
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      this.requests.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      this.answers.shift()!(request, response, body);
    });
  });

  async start(): Promise<Client> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return connect({ baseUrl: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`, credentials: () => 'sk_x' });
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const json = (status: number, value: unknown): Answer => (_request, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const problem = { type: '/v1/errors/x', title: 'T', status: 503, detail: 'no runtime answers', code: 'runtime.unavailable', retry_after_ms: 20, fix: 'try again', field: '/a', execution_id: 'e1' };
const frame = (seq: number): string => `id: ${seq}\nevent: frame\ndata: ${JSON.stringify({ seq })}\n\n`;
const end = (last_seq: number): string => `event: end\ndata: ${JSON.stringify({ execution_id: 'e', status: 'completed', last_seq })}\n\n`;
const stream = (...chunks: string[]): Answer => (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const chunk of chunks) response.write(chunk);
  response.end();
};
const cut = (...chunks: string[]): Answer => (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunks.join(''), () => response.destroy());
};

describe('client', () => {
  let gateway: ScriptedGateway;
  let client: Client;
  beforeEach(async () => {
    gateway = new ScriptedGateway();
    client = await gateway.start();
  });
  afterEach(() => gateway.stop());

  it('call - credentials, query and body go where the gateway looks for them', async () => {
    gateway.answers.push(json(200, { executions: [] }), json(201, { session_id: 's' }));
    await client.executions.list({ status: 'failed', limit: 5 });
    await client.sessions.create({ purpose: 'test' }, { correlationId: 'c-1' });
    expect(gateway.requests).toMatchObject([
      { line: 'GET /v1/executions?status=failed&limit=5', headers: { authorization: 'Bearer sk_x' } },
      { line: 'POST /v1/sessions', headers: { 'content-type': 'application/json', 'x-correlation-id': 'c-1' }, body: '{"context":{"purpose":"test"}}' },
    ]);
  });

  it('call - a problem is an error with its code, field, fix and what to do next', async () => {
    gateway.answers.push(json(503, problem));
    const error: unknown = await client.me().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ code: 'runtime.unavailable', status: 503, field: '/a', fix: 'try again', retryAfterMs: 20, executionId: 'e1', message: 'no runtime answers' });
  });

  it('call - an answer of a proxy in between is a problem too', async () => {
    gateway.answers.push((_request, response) => void response.writeHead(502).end('<html>'));
    await expect(client.me()).rejects.toMatchObject({ code: 'http.502', retryAfterMs: 1000 });
  });

  it('watch - each frame once and in order, though the connection breaks, repeats and skips', async () => {
    gateway.answers.push(
      cut(frame(0), frame(1), 'id: 2\nevent: fra'),
      json(503, problem),
      stream(frame(1), frame(2), frame(4)),
      stream(': still here\n\n', frame(3), frame(4).slice(0, 9), frame(4).slice(9), end(4)),
    );
    const seen: number[] = [];
    const retries: number[] = [];
    const events = client.executions.watch('e', { onRetry: (delay) => retries.push(delay) });
    let step = await events.next();
    for (; step.done !== true; step = await events.next()) seen.push(step.value.seq);
    expect({ seen, end: step.value, asked: gateway.requests.map(({ line }) => line.split('?')[1]), retries: retries.length }).toEqual({
      seen: [0, 1, 2, 3, 4], end: { execution_id: 'e', status: 'completed', last_seq: 4 }, asked: ['from_seq=0', 'from_seq=2', 'from_seq=2', 'from_seq=3'], retries: 3,
    });
  });

  it('watch - a refusal that trying again cannot cure is thrown, whether it comes as answer or within the stream', async () => {
    const terminal = { ...problem, code: 'execution.not_found', status: 404, retry_after_ms: undefined };
    gateway.answers.push(json(404, terminal), stream(`event: problem\ndata: ${JSON.stringify(terminal)}\n\n`));
    await expect(client.executions.watch('e').next()).rejects.toMatchObject({ code: 'execution.not_found' });
    await expect(client.executions.watch('e').next()).rejects.toMatchObject({ code: 'execution.not_found' });
  });

  it('watch - ends when the caller wishes, and lets the connection go', async () => {
    const closed = new Promise<void>((resolve) => gateway.answers.push((_request, response) => void response.once('close', resolve).writeHead(200).write(frame(0))));
    const abort = new AbortController();
    const events = client.executions.watch('e', { signal: abort.signal });
    expect((await events.next()).value).toEqual({ seq: 0 });
    abort.abort();
    expect(await events.next()).toEqual({ done: true, value: { status: undefined, last_seq: 0 } });
    await closed;
  });

  it('execute - follows the stream when the result did not come in time', async () => {
    gateway.answers.push(json(202, { execution_id: 'e' }), stream(frame(0), end(0)), json(200, { execution_id: 'e', success: true }));
    expect(await client.intents.execute({ intent_type: 'a.b', session_id: 's' }, { waitSeconds: 1 })).toMatchObject({ success: true });
    expect(gateway.requests.map(({ line }) => line)).toEqual(['POST /v1/intents', 'GET /v1/executions/e/events?from_seq=0', 'GET /v1/executions/e/result']);
    expect(gateway.requests[0]?.headers['prefer']).toBe('wait=1');
  });

  it.each([['without progress', undefined], ['with progress', [] as number[]]])('upload - the fields stand before the file, %s', async (_how, shares) => {
    gateway.answers.push(json(201, { reference: 'r' }));
    const content = new Blob(['x'.repeat(300_000)], { type: 'text/plain' });
    const receipt = await client.files.upload('s-1', { name: 'a.txt', content }, shares === undefined ? {} : { onProgress: (share) => shares.push(share) });
    const { body, headers } = gateway.requests[0]!;
    const places = ['name="session_id"', 'name="size"', 'name="file"; filename="a.txt"'].map((part) => body.indexOf(part));
    expect({ receipt, sorted: places.toSorted((a, b) => a - b), missing: places.includes(-1), type: headers['content-type']?.split(';')[0] }).toEqual({ receipt: { reference: 'r' }, sorted: places, missing: false, type: 'multipart/form-data' });
    if (shares !== undefined) expect(shares.at(-1)).toBe(1);
  });
});
