/**
 * kernel: what every service needs before it has a domain word.
 *
 * Ids, the clock port, canonical JSON (RFC 8785) and hashing, the env contract reader, the logger port, errors that survive the
 * wire, and invariant checks. It performs no I/O beyond reading the system clock and random bytes, and both only through the
 * `systemClock` and `uuidV7Source` that a composition root passes in.
 */
export { ChurnMap } from './churn-map.js';
export { type Clock, systemClock, isoTime } from './clock.js';
export { type IdSource, uuidV7Source, formatUuid, stampUuidV7, UUID_PATTERN } from './ids.js';
export { type Json, canonicalJson, canonicalJsonOf, canonicalBytes, CanonicalJsonError } from './canonical-json.js';
export { begun, intactStream } from './intact-stream.js';
export { sha256, sha256Hex, hashOf, hmac, equalSecret, sha256Stream, utf8 } from './hashing.js';
export { randomKey, derivedKey, seal, unseal, sealedSize, sealStream, sealedRange, unsealStream, UnsealError, SEALED_CHUNK } from './sealing.js';
export { type Logger, type LogFields, silentLogger } from './logger.js';
export { env, readEnv, type EnvContract, type EnvVariable, EnvContractError } from './env-contract.js';
export { PlatformError, type ErrorKind, type Retry, type WireError, toWireError, fromWireError, asPlatformError } from './errors.js';
export { TokenBucket } from './token-bucket.js';
export { inTurns, nextTurn } from './turns.js';
export { verify, unreachable, InvariantError } from './verify.js';
