/** Fields that tie a log line to what it belongs to. Never a payload, a credential or personal data. */
export interface LogFields {
  trace_id?: string;
  execution_id?: string;
  session_id?: string;
  tenant_id?: string;
  code?: string;
  [field: string]: unknown;
}

/** Where log lines go. `child` binds fields to every later line. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields & { err?: unknown }, message: string): void;
  child(fields: LogFields): Logger;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
