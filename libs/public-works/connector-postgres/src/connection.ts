import { Client, DatabaseError, type ClientConfig } from 'pg';
import { ExternalSystemError } from '@symphainy/ports';

/** Where the server is and who asks. */
export interface PostgresPlace {
  /** The address that is connected to: the caller has looked the host up, and checked what it found. */
  readonly address: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** The host that the server's certificate must name, and the authority that signed it (PEM; default: the system's). `false`: no encryption. */
  readonly tls: { readonly host: string; readonly ca?: string } | false;
  /** Of one statement at the server, reading the rows included. */
  readonly statementTimeoutMs: number;
}

const CONNECT_MS = 10_000;
const KEEPALIVE = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

const configOf = ({ address, port, database, user, password, tls, statementTimeoutMs }: PostgresPlace): ClientConfig => ({
  host: address, port, database, user, password,
  application_name: 'symphainy-connector',
  connectionTimeoutMillis: CONNECT_MS,
  statement_timeout: statementTimeoutMs,
  keepAlive: true,
  options: KEEPALIVE,
  ssl: tls === false ? false : { servername: tls.host, rejectUnauthorized: true, ...(tls.ca === undefined ? {} : { ca: tls.ca }) },
});

/** Rejects with ExternalSystemError. */
export async function connectTo(place: PostgresPlace): Promise<Client> {
  const client = new Client(configOf(place));
  // A line that breaks is told by the statement it breaks; an error event without a listener would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw systemError(error);
  }
}

/** Lets go at once, whatever is under way. */
export function dropConnection(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

const CREDENTIALS = /^(28|42501)/;
const AWAY = /^(08|57P|53)/;

/** The server's code and nothing of its message: that may hold somebody's values. */
export function systemError(error: unknown): ExternalSystemError {
  if (error instanceof ExternalSystemError) return error;
  if (!(error instanceof DatabaseError)) return new ExternalSystemError('unreachable', 'the server does not answer', { cause: error });
  const code = error.code ?? '';
  if (CREDENTIALS.test(code)) return new ExternalSystemError('credentials', code === '42501' ? 'the server does not let this user read the table' : 'the server refuses the user or the password', { cause: error });
  if (AWAY.test(code)) return new ExternalSystemError('unreachable', `the server cannot serve now (SQLSTATE ${code})`, { cause: error });
  if (code === '57014') return new ExternalSystemError('refused', 'the statement took longer than it may', { cause: error });
  return new ExternalSystemError(code === '3D000' ? 'missing' : 'refused', `the server refused the statement (SQLSTATE ${code})`, { cause: error });
}
