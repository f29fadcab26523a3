import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly body: { readonly [key: string]: unknown };
}

const ANSWER_MS_MAX = 30_000;

/** The gateway's REST API over kept-alive connections. Rejects when the connection fails; never throws for a status. */
export class GatewayClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  get authorization(): { authorization: string } {
    return { authorization: `Bearer ${this.apiKey}` };
  }

  get(path: string): Promise<Reply> {
    return this.call('GET', path, undefined, {});
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.call('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  close(): void {
    this.agent.destroy();
  }

  private call(method: string, path: string, body: string | undefined, headers: Readonly<Record<string, string>>): Promise<Reply> {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const call = request(`${this.baseUrl}${path}`, { method, agent: this.agent, timeout: ANSWER_MS_MAX, headers: { ...this.authorization, ...headers, ...length } }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Reply['body'] });
          } catch (error) {
            reject(error as Error);
          }
        });
      });
      call.once('timeout', () => call.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
      call.once('error', reject);
      call.end(body);
    });
  }
}
