import { failure, type AttemptRef } from '@symphainy/contracts';
import { equalSecret, hmac } from '@symphainy/kernel';

/** What a valid token says beside the attempt it is bound to. */
export interface TokenClaims {
  /** The runtime instance that sent the attempt, and so owns its stream. */
  readonly writer: string;
}

/**
 * Execution tokens: opaque to realms, minted and checked by runtimes alone. `<writer>.<expiry>.<mac>`, mac = HMAC-SHA-256 under the
 * runtimes' key over writer, tenant, execution, step, attempt, epoch, expiry (ms since the epoch, base 36), and the chunk and phase where there are any.
 */
export class ExecutionTokens {
  constructor(
    private readonly key: Uint8Array,
    private readonly writer: string,
  ) {}

  mint(attempt: AttemptRef, expiresAt: number): string {
    const expiry = expiresAt.toString(36);
    return `${this.writer}.${expiry}.${this.mac(this.writer, attempt, expiry)}`;
  }

  /** Throws `token.invalid`, `token.expired`. */
  verify(token: string, attempt: AttemptRef, now: number): TokenClaims {
    const [writer, expiry, mac] = token.split('.');
    if (writer === undefined || expiry === undefined || mac === undefined) throw failure('token.invalid');
    if (!equalSecret(mac, this.mac(writer, attempt, expiry))) throw failure('token.invalid');
    if (now > Number.parseInt(expiry, 36)) throw failure('token.expired');
    return { writer };
  }

  private mac(writer: string, { tenant_id, execution_id, step, attempt, epoch, chunk, phase }: AttemptRef, expiry: string): string {
    const part = chunk === undefined && phase === undefined ? '' : `\n${chunk ?? ''}\n${phase ?? ''}`;
    return hmac(this.key, `step\n${writer}\n${tenant_id}\n${execution_id}\n${step}\n${attempt}\n${epoch}\n${expiry}${part}`);
  }
}
