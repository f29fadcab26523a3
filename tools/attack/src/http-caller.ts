/** An answer of the gateway; a body that is no JSON stands under `text`. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const ANSWER_LIMIT_MS = 20_000;
/** Streams do not end: so much of one is enough to judge it. */
const STREAM_LIMIT_MS = 700;

/** Somebody with credentials, or without. */
export class HttpCaller {
  constructor(
    readonly name: string,
    private readonly baseUrl: string,
    private readonly key: string | undefined,
    /** Gets the body of each answer. */
    private readonly hear: (text: string) => void = () => undefined,
  ) {}

  async call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    const raw = typeof body === 'string' || body instanceof FormData ? body : body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      headers: { ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }), ...(raw === undefined || raw instanceof FormData ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(raw === undefined ? {} : { body: raw }),
    });
    const text = /event-stream/.test(response.headers.get('content-type') ?? '') ? await beginningOf(response) : await response.text();
    this.hear(text);
    return { status: response.status, headers: response.headers, text, body: /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as Record<string, unknown>) : { text } };
  }
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body!.getReader();
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), STREAM_LIMIT_MS));
  const first = await Promise.race([reader.read(), late]);
  await reader.cancel();
  return first?.value === undefined ? '' : Buffer.from(first.value).toString();
}
