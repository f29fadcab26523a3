import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { failure } from '@symphainy/contracts';
import { PlatformError, type Clock } from '@symphainy/kernel';
import { checkTarget, guardedLookup, type AllowedTargets, type Refusal } from '@symphainy/outbound';
import type { Embedder } from '@symphainy/ports';
import { z } from 'zod';
import { scaled } from './hashed-dense.js';

export interface ModelEmbedderOptions {
  /** Up to, but without, `/embeddings`: `https://api.openai.com/v1`. */
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** Asked of models that can shorten their vectors. */
  readonly dimensions?: number | undefined;
  /** Of one request. */
  readonly timeoutMs: number;
  /** Pairs that are reached over plain http and at any address. */
  readonly allowed: AllowedTargets;
  readonly clock: Clock;
}

const TEXTS_AT_ONCE = 64;
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
const ROUNDING = 1e6;
const REFUSAL: Refusal = { code: 'embedding.target_refused' };
const embeddingsAnswer = z.object({ data: z.array(z.object({ index: z.number().int().min(0), embedding: z.array(z.number()).min(1).max(20_000) })) });

/** Vectors of a model behind the OpenAI embeddings API, which many servers speak, local ones too. Redirects are not followed; the key goes nowhere but into the request. */
export class ModelEmbedder implements Embedder {
  readonly model: string;
  readonly deterministic = false;
  private readonly url: URL;
  private readonly agent: HttpAgent | HttpsAgent;

  /** Throws `embedding.target_refused` for a URL that is refused by its text. */
  constructor(private readonly options: ModelEmbedderOptions) {
    this.url = checkTarget(`${options.url.replace(/\/+$/, '')}/embeddings`, options.allowed, REFUSAL);
    this.model = `${options.model}${options.dimensions === undefined ? '' : `/${options.dimensions}`}`.replace(/\s+/g, '_');
    const pool = { keepAlive: true, maxSockets: 8 };
    this.agent = this.url.protocol === 'https:' ? new HttpsAgent(pool) : new HttpAgent(pool);
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    signal.throwIfAborted();
    const vectors: number[][] = [];
    for (let from = 0; from < texts.length; from += TEXTS_AT_ONCE) vectors.push(...(await this.batch(texts.slice(from, from + TEXTS_AT_ONCE), signal)));
    if (vectors.some((vector) => vector.length !== vectors[0]!.length)) throw failure('embedding.answer_invalid', { message: 'the model answered with vectors of different lengths' });
    return vectors;
  }

  close(): void {
    this.agent.destroy();
  }

  /** A text of nothing but blanks means nothing: it is not asked for, since servers refuse it. */
  private async batch(texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    const asked = texts.flatMap((text, at) => (text.trim() === '' ? [] : [at]));
    const { model, dimensions } = this.options;
    const input = asked.length === 0 ? ['.'] : asked.map((at) => texts[at]!);
    const answer = await this.post({ model, input, encoding_format: 'float', ...(dimensions === undefined ? {} : { dimensions }) }, signal);
    const parsed = embeddingsAnswer.safeParse(answer);
    if (!parsed.success || parsed.data.data.length !== input.length) throw failure('embedding.answer_invalid', { message: 'the answer is no list of one embedding for each text' });
    const given = new Map(parsed.data.data.map(({ index, embedding }) => [index, embedding]));
    const width = parsed.data.data[0]!.embedding.length;
    return texts.map((_, at) => {
      const vector = asked.includes(at) ? given.get(asked.indexOf(at)) : new Array<number>(width).fill(0);
      if (vector === undefined) throw failure('embedding.answer_invalid', { message: `the answer has no embedding of index ${asked.indexOf(at)}` });
      return scaled(vector, ROUNDING);
    });
  }

  private post(body: object, signal: AbortSignal): Promise<unknown> {
    const { allowed, apiKey, timeoutMs, clock } = this.options;
    const sent = Buffer.from(JSON.stringify(body));
    const headers = { 'content-type': 'application/json', 'content-length': String(sent.length), accept: 'application/json', ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) };
    return new Promise((resolve, reject) => {
      const about = { method: 'POST', headers, lookup: guardedLookup(this.url, allowed, REFUSAL), signal };
      const request = this.url.protocol === 'https:' ? requestHttps(this.url, { ...about, agent: this.agent }) : requestHttp(this.url, { ...about, agent: this.agent });
      const stop = clock.after(timeoutMs, () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      const settle = (then: () => void): void => (stop(), then());
      request.once('response', (response) => void answerOf(response).then((answer) => settle(() => resolve(answer)), (error: unknown) => settle(() => reject(faultOf(error, signal)))));
      request.once('error', (error) => settle(() => reject(faultOf(error, signal))));
      request.end(sent);
    });
  }
}

async function answerOf(response: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    if ((size += chunk.length) > MOST_ANSWER_BYTES) throw failure('embedding.answer_invalid', { message: `the answer is larger than ${MOST_ANSWER_BYTES} bytes` });
    chunks.push(chunk);
  }
  const { statusCode: status = 0 } = response;
  if (status !== 200) throw refusedWith(status, response.headers['retry-after']);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw failure('embedding.answer_invalid', { message: 'the answer is no JSON' });
  }
}

/** What a server says beyond its status may quote texts or keys: it is not told. */
function refusedWith(status: number, retryAfter: string | undefined): PlatformError {
  const message = `the embedding model answered ${status}`;
  const wait = Number(retryAfter);
  const pause = Number.isFinite(wait) && wait > 0 ? { retryAfterMs: Math.min(wait, 600) * 1000 } : {};
  return status === 408 || status === 429 || status >= 500 ? failure('embedding.unavailable', { message, ...pause }) : failure('embedding.refused', { message });
}

function faultOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof PlatformError || signal.aborted) return error;
  return failure('embedding.unavailable', { message: `the embedding model cannot be reached: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`, cause: error });
}
