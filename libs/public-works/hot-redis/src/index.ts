/**
 * hot-redis: hot state in Redis, and the same in memory for a platform in one process.
 *
 * A value lies in a Redis hash `hot:{<tenant>}:<key>` with the fields `s` (seq) and `v` (bytes); the braces keep a tenant's keys in one
 * slot of a cluster, so that many are set by one script.
 *
 * 1. A value is replaced only by one of a higher seq, decided inside Redis.
 * 2. Redis away: reads answer undefined, writes are dropped, nothing waits and nothing throws. Losing hot state loses nothing.
 */
export { RedisHotState, type RedisHotStateOptions } from './redis-hot-state.js';
export { MemoryHotState } from './memory-hot-state.js';
