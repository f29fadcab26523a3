import { Redis } from 'ioredis';
import type { Logger } from '@symphainy/kernel';
import type { HotState } from '@symphainy/ports';

export interface RedisHotStateOptions {
  /** `redis://<user>:<password>@<host>:<port>/<db>`, or `rediss://…` for TLS. */
  readonly url: string;
  /** PEM text of the authority that signed the server’s certificate. Default: those of the system. */
  readonly ca?: string;
  readonly logger: Logger;
  /** A command without an answer for this long counts as Redis away. Default 500 ms. */
  readonly commandTimeoutMs?: number;
}

type Entry = Parameters<HotState['setMany']>[0][number];

/** Per key three arguments: seq, value, seconds to live (0: stays). */
const SET_NEWER = `
for i, key in ipairs(KEYS) do
  local a = (i - 1) * 3
  local known = redis.call('HGET', key, 's')
  if not known or tonumber(known) < tonumber(ARGV[a + 1]) then
    redis.call('HSET', key, 's', ARGV[a + 1], 'v', ARGV[a + 2])
    if ARGV[a + 3] == '0' then redis.call('PERSIST', key) else redis.call('EXPIRE', key, ARGV[a + 3]) end
  end
end`;

/** Lua's own stack bounds how many values one call may carry. */
const KEYS_PER_CALL = 500;

/** Hot state in Redis. Connects in the background and for ever; until it is there, there is no hot state. */
export class RedisHotState implements HotState {
  private readonly redis: Redis;
  private away = false;

  constructor(private readonly options: RedisHotStateOptions) {
    this.redis = new Redis(options.url, {
      // Hot state that arrives late is worth nothing: what cannot be sent now is dropped, not queued.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: options.commandTimeoutMs ?? 500,
      connectTimeout: 2_000,
      // Its user may not, and hot state needs no name.
      disableClientInfo: true,
      ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    this.redis.on('error', (error: unknown) => this.noteAway(error));
    this.redis.on('ready', () => {
      if (this.away) options.logger.info({}, 'hot state is back');
      this.away = false;
    });
  }

  /** Resolves once Redis answers, true; or after `timeoutMs`, false. */
  async ready(timeoutMs: number): Promise<boolean> {
    if (this.redis.status === 'ready') return true;
    return new Promise((resolve) => {
      const done = (isReady: boolean) => () => {
        clearTimeout(timer);
        this.redis.off('ready', onReady);
        resolve(isReady);
      };
      const onReady = done(true);
      const timer = setTimeout(done(false), timeoutMs);
      this.redis.once('ready', onReady);
    });
  }

  async setMany(entries: readonly Entry[]): Promise<void> {
    const byTenant = Map.groupBy(entries, (entry) => entry.tenantId);
    const calls = [...byTenant.values()].flatMap((own) => inChunks(own)).map((chunk) => this.attempt(() => this.setChunk(chunk)));
    await Promise.all(calls);
  }

  async get(tenantId: string, key: string): Promise<{ seq: number; value: Uint8Array } | undefined> {
    const fields = await this.attempt(() => this.redis.hmgetBuffer(keyOf(tenantId, key), 's', 'v'));
    const [seq, value] = fields ?? [];
    return seq && value ? { seq: Number(seq.toString()), value } : undefined;
  }

  async delete(tenantId: string, key: string): Promise<void> {
    await this.attempt(() => this.redis.unlink(keyOf(tenantId, key)));
  }

  close(): Promise<void> {
    this.redis.disconnect();
    return Promise.resolve();
  }

  private async setChunk(chunk: readonly Entry[]): Promise<void> {
    const keys = chunk.map((entry) => keyOf(entry.tenantId, entry.key));
    const values = chunk.flatMap((entry) => [entry.seq, Buffer.from(entry.value.buffer, entry.value.byteOffset, entry.value.length), entry.ttlSeconds ?? 0]);
    await this.redis.eval(SET_NEWER, keys.length, ...keys, ...values);
  }

  private async attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    try {
      return await command();
    } catch (error) {
      this.noteAway(error);
      return undefined;
    }
  }

  /** Said once for each time it goes away. */
  private noteAway(error: unknown): void {
    if (!this.away) this.options.logger.warn({ err: error }, 'hot state is away; the log answers instead');
    this.away = true;
  }
}

const keyOf = (tenantId: string, key: string): string => `hot:{${tenantId}}:${key}`;

function inChunks(entries: readonly Entry[]): Entry[][] {
  const chunks: Entry[][] = [];
  for (let start = 0; start < entries.length; start += KEYS_PER_CALL) chunks.push(entries.slice(start, start + KEYS_PER_CALL));
  return chunks;
}
