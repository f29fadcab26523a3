import type { Logger, LogFields } from '@symphainy/kernel';
import { pino, type Logger as PinoLogger } from 'pino';

/** Names whose values never reach a log line, wherever they stand. */
const REDACTED = ['token', 'password', 'authorization', 'secret', 'api_key', 'key', '*.token', '*.password', '*.authorization', '*.secret', '*.api_key'];

/** JSON lines on standard error, so that standard output stays free for results. */
export function createLogger(service: string, level: string, traceId: () => string | undefined): Logger {
  const root = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { err: described },
      mixin: () => {
        const id = traceId();
        return id === undefined ? {} : { trace_id: id };
      },
    },
    pino.destination({ dest: 2, sync: false, minLength: 0 }),
  );
  return wrap(root);
}

const MAX_CAUSES = 4;

/** An error's name, words, code and stack. Its other members are left out: a driver's error carries its whole connection, keys included. */
function described(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' && error !== null && 'message' in error ? { message: String(error.message) } : error;
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined || depth === MAX_CAUSES ? {} : { cause: described(error.cause, depth + 1) }),
  };
}

const wrap = (inner: PinoLogger): Logger => ({
  debug: (fields: LogFields, message) => inner.debug(fields, message),
  info: (fields: LogFields, message) => inner.info(fields, message),
  warn: (fields: LogFields, message) => inner.warn(fields, message),
  error: (fields: LogFields, message) => inner.error(fields, message),
  child: (fields) => wrapLater(() => inner.child(fields)),
});

/** A child is made at its first line: a step's logger mostly never writes one, and making it costs more than the step's own bookkeeping. */
function wrapLater(make: () => PinoLogger): Logger {
  let made: Logger | undefined;
  const logger = (): Logger => (made ??= wrap(make()));
  return {
    debug: (fields, message) => logger().debug(fields, message),
    info: (fields, message) => logger().info(fields, message),
    warn: (fields, message) => logger().warn(fields, message),
    error: (fields, message) => logger().error(fields, message),
    child: (fields) => logger().child(fields),
  };
}
