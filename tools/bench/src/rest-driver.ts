import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';
import { BENCH_INTENT, HELD_INTENT, makePayload, type Execute, IN_FLIGHT } from './workload.js';

const ASK_AGAIN_MS = 10;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Submits through the gateway's REST API and waits for the result (`Prefer: wait=30`), over kept-alive connections, one request at a time on each. The client is a light one: it shares the cores with what is measured. */
export class RestDriver {
  private readonly connections: Pool;

  private constructor(
    baseUrl: string,
    private readonly apiKey: string,
    private readonly sessionId: string,
  ) {
    this.connections = new Pool(baseUrl, { connections: IN_FLIGHT, pipelining: 1 });
  }

  /** Creates a session; keeps asking while the platform is still coming up (503), until `limitMs`. */
  static async open(baseUrl: string, apiKey: string, limitMs = 60_000): Promise<RestDriver> {
    const response = await fetch(`${baseUrl}/v1/sessions`, { method: 'POST', headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }, body: '{}' });
    if (response.status === 503 && limitMs > 0) {
      await setTimeout(ASK_AGAIN_MS);
      return RestDriver.open(baseUrl, apiKey, limitMs - ASK_AGAIN_MS);
    }
    if (!response.ok) throw new Error(`could not create a session: ${response.status} ${await response.text()}`);
    return new RestDriver(baseUrl, apiKey, ((await response.json()) as { session_id: string }).session_id);
  }

  readonly execute: Execute = async () => {
    const { status, body } = await this.post(BENCH_INTENT, { prefer: 'wait=30' });
    if (status !== 200 || !body.includes('"success":true')) throw new Error(`an execution did not complete: ${status} ${body.slice(0, 500)}`);
  };

  /** Starts one, and is answered when it is accepted: decided, and durable. */
  readonly start: Execute = () => this.begin(BENCH_INTENT);

  /** Starts one that stays in flight. */
  readonly hold: Execute = () => this.begin(HELD_INTENT);

  private async begin(intent: string): Promise<void> {
    const { status, body } = await this.post(intent, {});
    if (status !== 202) throw new Error(`an execution was not accepted: ${status} ${body.slice(0, 500)}`);
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  private post(intent_type: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const body = JSON.stringify({ intent_type, session_id: this.sessionId, payload: makePayload() });
    return new Promise((resolve, reject) => {
      let status = 0;
      const chunks: Buffer[] = [];
      this.connections.dispatch(
        { path: '/v1/intents', method: 'POST', headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json', ...headers }, body },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_, statusCode) => void (status = statusCode),
          onResponseData: (_, chunk) => void chunks.push(chunk),
          onResponseEnd: () => resolve({ status, body: Buffer.concat(chunks).toString() }),
          onResponseError: (_, error) => reject(error),
        },
      );
    });
  }
}
