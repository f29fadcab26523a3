import { setTimeout as pause } from 'node:timers/promises';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly raw?: string | FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

const ENDED: ReadonlySet<string> = new Set(['rejected', 'completed', 'failed', 'cancelled', 'terminated']);

/** The REST API as one caller sees it. */
export class Api {
  constructor(
    readonly baseUrl: string,
    readonly apiKey: string | undefined,
  ) {}

  async call<T = Record<string, unknown>>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { ...(this.apiKey === undefined ? {} : { authorization: `Bearer ${this.apiKey}` }), ...(options.body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T };
  }

  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>> {
    return this.call<T>('GET', path);
  }

  post<T = Record<string, unknown>>(path: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer<T>> {
    return this.call<T>('POST', path, { body, headers });
  }

  async createSession(): Promise<string> {
    const { status, body } = await this.post<{ session_id: string }>('/v1/sessions');
    if (status !== 201) throw new Error(`no session: ${status} ${JSON.stringify(body)}`);
    return body.session_id;
  }

  /** Uploads bytes under a name; the answer as it came. */
  upload(sessionId: string, name: string, bytes: Uint8Array, mediaType = 'application/octet-stream'): Promise<Answer<{ reference: string; execution_id: string; hash: string; size: number }>> {
    const form = new FormData();
    form.set('session_id', sessionId);
    form.set('file', new Blob([new Uint8Array(bytes)], { type: mediaType }), name);
    return this.call('POST', '/v1/files', { raw: form });
  }

  /** Submits an intent and follows it to its end. */
  async execute<T = Record<string, unknown>>(sessionId: string, intentType: string, payload: unknown): Promise<T & { execution_id: string; status: string }> {
    const { status, body } = await this.post<{ execution_id: string }>('/v1/intents', { intent_type: intentType, session_id: sessionId, payload });
    if (status !== 202) throw new Error(`${intentType} was not accepted: ${status} ${JSON.stringify(body)}`);
    return this.ended<T>(body.execution_id);
  }

  /** Polls an execution until it has ended, as callers do: through passing unavailability. */
  async ended<T = Record<string, unknown>>(executionId: string): Promise<T & { execution_id: string; status: string }> {
    for (;;) {
      const { status, body } = await this.get<T & { execution_id: string; status: string }>(`/v1/executions/${executionId}`);
      if (status !== 200 && status !== 503 && status !== 504) throw new Error(`reading ${executionId}: ${status} ${JSON.stringify(body)}`);
      if (status === 200 && ENDED.has(body.status)) return body;
      await pause(20);
    }
  }

  /** Server-sent events of an execution from a sequence number on, until it ends or `until` says so. */
  async watch(executionId: string, fromSeq: number, until: (event: { id: string; data: Record<string, unknown> }) => boolean = () => false): Promise<{ id: string; data: Record<string, unknown> }[]> {
    const response = await fetch(`${this.baseUrl}/v1/executions/${executionId}/events?from_seq=${fromSeq}`, { headers: { authorization: `Bearer ${this.apiKey ?? ''}`, accept: 'text/event-stream' } });
    const events: { id: string; data: Record<string, unknown> }[] = [];
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = parseEvent(text.slice(0, end));
        text = text.slice(end + 2);
        if (event === undefined) continue;
        events.push(event);
        // Leaving the loop closes the connection.
        if (until(event)) return events;
      }
    }
    return events;
  }
}

function parseEvent(block: string): { id: string; data: Record<string, unknown> } | undefined {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const));
  const data = fields.get('data');
  return data === undefined || fields.get('event') !== 'frame' ? undefined : { id: fields.get('id') ?? '', data: JSON.parse(data) as Record<string, unknown> };
}
