import { failure, type AttemptRef } from '@symphainy/contracts';
import { equalSecret, hmac } from '@symphainy/kernel';

const PREFIX = 'replay.';

/** Whether a token is a replay's: it opens the sandbox and nothing else. */
export const isReplayToken = (token: string): boolean => token.startsWith(PREFIX);

/**
 * Tokens of steps that are run again: `replay.<writer>.<run>.<expiry>.<mac>`. They name one run of one recorded attempt, and no attempt token is ever one of them, nor the
 * other way round: the words under the MAC differ.
 */
export class ReplayTokens {
  constructor(
    private readonly key: Uint8Array,
    private readonly writer: string,
  ) {}

  /** `run`: letters and digits. */
  mint(attempt: AttemptRef, run: string, expiresAt: number): string {
    const expiry = expiresAt.toString(36);
    return `${PREFIX}${this.writer}.${run}.${expiry}.${this.mac(this.writer, run, attempt, expiry)}`;
  }

  /** The runtime that replays, and its run. Throws `token.invalid`, `token.expired`. */
  verify(token: string, attempt: AttemptRef, now: number): { readonly writer: string; readonly run: string } {
    const [, writer, run, expiry, mac] = token.split('.');
    if (!isReplayToken(token) || writer === undefined || run === undefined || expiry === undefined || mac === undefined) throw failure('token.invalid');
    if (!equalSecret(mac, this.mac(writer, run, attempt, expiry))) throw failure('token.invalid');
    if (now > Number.parseInt(expiry, 36)) throw failure('token.expired');
    return { writer, run };
  }

  private mac(writer: string, run: string, { tenant_id, execution_id, step, attempt, epoch }: AttemptRef, expiry: string): string {
    return hmac(this.key, `replay\n${writer}\n${run}\n${tenant_id}\n${execution_id}\n${step}\n${attempt}\n${epoch}\n${expiry}`);
  }
}
