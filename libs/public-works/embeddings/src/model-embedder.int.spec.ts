import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, readEnv } from '@symphainy/kernel';
import { parseAllowedTargets } from '@symphainy/outbound';
import { embedderContract } from '@symphainy/ports/testing';
import { embeddingsEnv, hashedDense, ModelEmbedder, openEmbedder } from './index.js';

const KEY = 'sk-a-secret-key';
type Fault = (request: IncomingMessage, response: ServerResponse, vectors: object[]) => void;

/** A server of the OpenAI embeddings API, as its reference describes requests, answers and errors; its model is our hashed one, its vectors are not of length 1, and its answers come in any order. */
async function startModelServer(): Promise<{ url: string; host: string; requests: { body: { input: string[]; model: string; dimensions?: number }; authorization?: string }[]; fault: Fault | undefined; close(): Promise<void> }> {
  const requests: Awaited<ReturnType<typeof startModelServer>>['requests'] = [];
  const reply = (response: ServerResponse, status: number, body: object, headers = {}): void => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      if (request.headers.authorization !== `Bearer ${KEY}`) return reply(response, 401, { error: { message: `Incorrect API key provided: ${request.headers.authorization}`, type: 'invalid_request_error', code: 'invalid_api_key' } });
      if (request.method !== 'POST' || request.url !== '/v1/embeddings') return reply(response, 404, { error: { message: 'Unknown request URL', type: 'invalid_request_error' } });
      const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as (typeof requests)[number]['body'];
      requests.push({ body, ...(request.headers.authorization === undefined ? {} : { authorization: request.headers.authorization }) });
      if (body.input.length > 64 || body.input.some((text) => text.trim() === '')) return reply(response, 400, { error: { message: '$.input is invalid', type: 'invalid_request_error' } });
      const vectors = body.input.map((text, index) => ({ object: 'embedding', index, embedding: hashedDense(text).slice(0, body.dimensions).map((value) => value * 3) })).toReversed();
      if (started.fault !== undefined) return started.fault(request, response, vectors);
      return reply(response, 200, { object: 'list', data: vectors, model: body.model, usage: { prompt_tokens: 1, total_tokens: 1 } });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const started = { url: `http://${host}/v1`, host, requests, fault: undefined as Fault | undefined, close: () => new Promise<void>((resolve) => (server.closeAllConnections(), void server.close(() => resolve()))) };
  return started;
}

type Started = Awaited<ReturnType<typeof startModelServer>>;
const embedderOf = ({ url, host }: Pick<Started, 'url' | 'host'>, more: Partial<ConstructorParameters<typeof ModelEmbedder>[0]> = {}) =>
  new ModelEmbedder({ url, model: 'local-model', apiKey: KEY, timeoutMs: 5_000, allowed: parseAllowedTargets(host), clock: systemClock, ...more });

embedderContract('a model behind the OpenAI embeddings API', async () => {
  const server = await startModelServer();
  const embedder = embedderOf(server);
  return { embedder, close: async () => (embedder.close(), server.close()) };
});

describe('a model behind the OpenAI embeddings API - what may go wrong', () => {
  const never = new AbortController().signal;
  let server: Started;
  beforeAll(async () => {
    server = await startModelServer();
  });
  afterAll(() => server.close());
  afterEach(() => {
    server.fault = undefined;
  });

  const failing = (fault: Fault, more = {}) => {
    server.fault = fault;
    return embedderOf(server, more).embed(['pump'], never).then(() => undefined, (error: unknown) => error);
  };

  it('model, key and dimensions - are asked as configured', async () => {
    await embedderOf(server, { dimensions: 64 }).embed(['pump load', '  '], never);
    expect(server.requests.at(-1)).toMatchObject({ body: { model: 'local-model', input: ['pump load'], dimensions: 64, encoding_format: 'float' } });
  });

  it.each<[string, Fault, string]>([
    ['busy', (_, response) => response.writeHead(429, { 'retry-after': '7' }).end('{}'), 'embedding.unavailable'],
    ['broken', (_, response) => response.writeHead(500).end('oops'), 'embedding.unavailable'],
    ['a line that breaks', (request) => request.socket.destroy(), 'embedding.unavailable'],
    ['a refusal', (_, response) => response.writeHead(400).end('{"error":{"message":"no such model"}}'), 'embedding.refused'],
    ['a redirect', (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(), 'embedding.refused'],
    ['a page', (_, response) => response.writeHead(200).end('<html>'), 'embedding.answer_invalid'],
    ['too few vectors', (_, response) => response.writeHead(200).end('{"data":[]}'), 'embedding.answer_invalid'],
  ])('%s - is told by its code', async (_, fault, code) => {
    expect(await failing(fault)).toMatchObject({ code });
  });

  it('a server that says how long to wait - is believed; one that says nothing is given up in time', async () => {
    expect(await failing((_, response) => response.writeHead(429, { 'retry-after': '7' }).end('{}'))).toMatchObject({ retry: { after_ms: 7_000 } });
    expect(await failing(() => undefined, { timeoutMs: 50 })).toMatchObject({ code: 'embedding.unavailable', message: expect.stringContaining('50 ms') as string });
  });

  it('a wrong key - is refused, and neither key nor what the server quotes of it is told', async () => {
    const error = await embedderOf(server, { apiKey: 'sk-wrong-key' }).embed(['pump'], never).then(() => undefined, (reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: 'embedding.refused' });
    expect(`${error?.message} ${error?.stack} ${JSON.stringify(error)}`).not.toMatch(/sk-|Incorrect/);
  });

  it('given up while the model thinks - rejects at once', async () => {
    const abort = new AbortController();
    server.fault = () => abort.abort();
    await expect(embedderOf(server).embed(['pump'], abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each(['http://models.example/v1', 'https://[::1]/v1', 'https://169.254.169.254/v1'])('%s - is refused before anything is sent', (url) => {
    expect(() => embedderOf({ url, host: 'localhost:1' })).toThrow(expect.objectContaining({ code: 'embedding.target_refused' }) as Error);
  });

  it('a name that leads inside - is refused when it is connected to', async () => {
    await expect(embedderOf({ url: 'https://localhost/v1', host: 'localhost:1' }).embed(['pump'], never)).rejects.toMatchObject({ code: 'embedding.target_refused' });
  });

  it('the environment - names the model, or leaves hashed vectors', () => {
    expect(openEmbedder(readEnv(embeddingsEnv, {}), systemClock).model).toBe('hashed-dense-v2');
    const variables = readEnv(embeddingsEnv, { EMBEDDINGS_URL: server.url, EMBEDDINGS_ALLOWED_TARGETS: server.host, EMBEDDINGS_MODEL: 'all-minilm', EMBEDDINGS_DIMENSIONS: '128' });
    expect(openEmbedder(variables, systemClock)).toMatchObject({ model: 'all-minilm/128', deterministic: false });
  });
});
