import { ProblemError, problemIn } from './problem-error.js';

export interface ConnectOptions {
  /** Where the gateway answers, e.g. `https://platform.example`; empty in a page that the gateway serves. */
  readonly baseUrl: string;
  /** API key or token; a function is asked for each call, so that tokens can be renewed. */
  readonly credentials: string | (() => string | Promise<string>);
  /** Told of each problem before it is thrown, e.g. to end a sign-in on `auth.*`. */
  readonly onProblem?: (problem: ProblemError) => void;
  /** Default: the global fetch. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Names the call in the platform's records and logs. */
  readonly correlationId?: string;
}

export interface Request extends CallOptions {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: object;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: RequestInit['body'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** One HTTP call to the gateway. */
export class Transport {
  constructor(readonly options: ConnectOptions) {}

  async json<T>(request: Request): Promise<T> {
    return (await (await this.send(request)).json()) as T;
  }

  /** The answer of a success; a ProblemError for everything else. */
  async send(request: Request): Promise<Response> {
    const fetch = this.options.fetch ?? globalThis.fetch;
    const response = await fetch(this.url(request), {
      method: request.method,
      headers: await this.headers(request),
      ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    if (response.ok) return response;
    throw this.problem(response.status, await response.text());
  }

  problem(status: number, text: string): ProblemError {
    const problem = new ProblemError(problemIn(status, text));
    this.options.onProblem?.(problem);
    return problem;
  }

  url({ path, query }: Pick<Request, 'path' | 'query'>): string {
    const parameters = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(parameters.map(([name, value]) => [name, String(value)] as [string, string])).toString();
    return `${this.options.baseUrl.replace(/\/$/, '')}${path}${search === '' ? '' : `?${search}`}`;
  }

  async headers({ json, headers, correlationId }: Pick<Request, 'json' | 'headers' | 'correlationId'>): Promise<Record<string, string>> {
    const { credentials } = this.options;
    return {
      authorization: `Bearer ${typeof credentials === 'string' ? credentials : await credentials()}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(correlationId === undefined ? {} : { 'x-correlation-id': correlationId }),
      ...headers,
    };
  }
}
