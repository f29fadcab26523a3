import type { IdSource } from '@symphainy/kernel';
import type { Book } from './book.js';
import type { Ledger } from './ledger.js';
import { GatewayClient } from './gateway-client.js';
import { Load } from './load.js';
import { openSession } from './open-session.js';
import { Pace } from './pace.js';

/** A load whose pace is its own, for tests that end processes at moments of their choosing. */
export class PlainLoad {
  private readonly client: GatewayClient;

  constructor(
    private readonly parts: { readonly gatewayUrl: string; readonly apiKey: string; readonly book: Book; readonly ids: IdSource; readonly ledger: Ledger; readonly inFlight: number },
  ) {
    this.client = new GatewayClient(parts.gatewayUrl, parts.apiKey);
  }

  /** Resolves when this many further executions have ended, however long the platform is away. `seed` names their keys: no two runs may share one. */
  async run(executions: number, seed: number): Promise<void> {
    const { book, ids, ledger, inFlight } = this.parts;
    const pace = new Pace({ executions, kills: 0, lead: 0 });
    await new Load({ client: this.client, book, pace, ids, ledger, sessions: [await openSession(this.client)], seed, executions, inFlight }).run();
  }

  close(): void {
    this.client.close();
  }
}
