/**
 * connectors: the way to the systems that Solutions bind. The Runtime says which location an attempt may read; the desk gives a ticket for it, and rows go straight from the outside
 * system to the reader. Nothing is kept.
 *
 * 1. Credentials are read by name when they are needed, and told to nobody.
 * 2. A host is looked up and checked for each connection, and the connection is made to the address that was checked.
 * 3. Only what the binding lists is reached, and only while it is as it was described.
 * 4. A ticket opens one location once, at this instance, for a quarter of an hour.
 */
import { randomBytes } from 'node:crypto';
import { failure, type Connector, type ExternalLocation, type ExternalOpened, type ExternalTable, type HttpConnector, type PostgresConnector, type TableQuery } from '@symphainy/contracts';
import { hashOf, isoTime, type Clock, type Json } from '@symphainy/kernel';
import { ExternalConflictError, ExternalSystemError, type ExternalRows, type ExternalTables, type ExternalWrites, type RowChange, type RowValues, type SecretStore, type WriteReceipt } from '@symphainy/ports';
import { guardedAddress, type AllowedTargets } from '@symphainy/service-host';
import { openObject, type DescribedObject, type OpenedObject } from './http-objects.js';
import { PostgresTables, PostgresWrites, type PostgresPlace } from '@symphainy/connector-postgres';

export interface ConnectorDeskParts {
  readonly secrets: SecretStore;
  readonly allowed: AllowedTargets;
  readonly clock: Clock;
  /** Base URL of this instance, for those who hold a ticket. */
  readonly url: () => string;
}

interface Opened {
  readonly connector: Connector;
  readonly external: ExternalLocation;
  readonly until: number;
}

const TICKET_MS = 15 * 60_000;
const TICKETS_MAX = 10_000;

/** What a table's columns are like, in one word: it changes when they do. */
export const versionOf = (table: ExternalTable): string => `columns:${hashOf(table as unknown as Json)}`;

export class ConnectorDesk {
  private readonly tickets = new Map<string, Opened>();

  constructor(private readonly parts: ConnectorDeskParts) {}

  /** Throws `connector.*`; `reference.changed` when the table is not as the location says it was. */
  async open(does: 'open' | 'check', connector: Connector, external: ExternalLocation): Promise<ExternalOpened> {
    const { clock, url } = this.parts;
    const opened = { ...(await this.looked(connector, external)), at: isoTime(clock.now()) };
    return does === 'check' ? opened : { ...opened, ticket_url: `${url()}/external?ticket=${this.ticket({ connector, external, until: clock.now() + TICKET_MS })}` };
  }

  private async looked(connector: Connector, external: ExternalLocation): Promise<Pick<ExternalOpened, 'table' | 'version'>> {
    if (connector.kind === 'http') {
      const { version } = await this.describeObject(connector, external);
      agreed(external, version);
      return version === undefined ? {} : { version };
    }
    const table = await this.describe(connector, external);
    agreeing(external)(table);
    return { table, version: versionOf(table) };
  }

  /** What is told of an object or an answer without its bytes. */
  async describeObject(connector: HttpConnector, external: ExternalLocation): Promise<DescribedObject> {
    const { described, close } = await this.openObject(connector, external);
    close();
    return described;
  }

  openObject(connector: HttpConnector, external: ExternalLocation): Promise<OpenedObject> {
    return openObject(connector, external, { allowed: this.parts.allowed, authorization: () => this.authorization(connector) });
  }

  /** The bytes that a ticket is good for; it is used up. */
  async object(ticket: string): Promise<OpenedObject> {
    const { connector, external } = this.redeemed(ticket);
    if (connector.kind !== 'http') throw failure('connector.ticket_invalid', { message: 'the ticket is for a table' });
    const opened = await this.openObject(connector, external);
    try {
      agreed(external, opened.described.version);
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  }

  private async authorization({ secret }: HttpConnector): Promise<string | undefined> {
    if (secret === undefined) return undefined;
    const text = (await this.parts.secrets.read([secret]))[secret];
    if (text === undefined) throw failure('connector.credentials', { message: `there is no secret ${secret}` });
    return text;
  }

  private redeemed(ticket: string): Opened {
    const opened = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    if (opened === undefined || this.parts.clock.now() > opened.until) throw failure('connector.ticket_invalid');
    return opened;
  }

  async describe(connector: Connector, external: ExternalLocation): Promise<ExternalTable> {
    const { columns } = listed(connector, external);
    return this.asking(async () => asTable(await (await this.tablesOf(tablesOnly(connector))).describe(external.name, columns)));
  }

  /** The rows that a ticket is good for; it is used up. */
  async rows(ticket: string, query: TableQuery): Promise<ExternalRows> {
    const { connector, external } = this.redeemed(ticket);
    const agree = agreeing(external);
    return this.asking(async () => (await this.tablesOf(tablesOnly(connector))).rows(external.name, listed(connector, external).columns, query, (table) => agree(asTable(table))));
  }

  /** The rows as they are now, as far as the binding lets them be seen or written. */
  async look(connector: Connector, name: string, keys: readonly RowValues[]): Promise<(RowValues | null)[]> {
    const { columns } = writable(connector, name);
    return this.asking(async () => (await this.writesOf(connector)).look(name, columns, keys));
  }

  /** Once for the key. Rejects with what is no PlatformError when it may have been done. */
  async write(writeKey: string, connector: Connector, name: string, changes: readonly RowChange[]): Promise<WriteReceipt> {
    const { columns } = writable(connector, name);
    return this.asking(async () => (await this.writesOf(connector)).write(writeKey, name, columns, changes));
  }

  private async writesOf(given: Connector): Promise<ExternalWrites> {
    const connector = tablesOnly(given);
    if (connector.writes === undefined) throw failure('connector.not_allowed', { message: 'the binding lets nothing be written', fix: 'have the binding say how (writes), and which columns (writable)' });
    return new PostgresWrites(await this.placeOf(connector, connector.writes.secret), connector.writes.receipts);
  }

  private ticket(opened: Opened): string {
    const now = this.parts.clock.now();
    for (const [held, { until }] of this.tickets) if (now > until) this.tickets.delete(held);
    if (this.tickets.size >= TICKETS_MAX) throw failure('connector.unavailable', { message: 'too many tables are open at this connector' });
    const ticket = randomBytes(32).toString('base64url');
    this.tickets.set(ticket, opened);
    return ticket;
  }

  private async tablesOf(connector: PostgresConnector): Promise<ExternalTables> {
    return new PostgresTables(await this.placeOf(connector, connector.secret));
  }

  private async placeOf({ host, port, database, ca, tls, statement_timeout_ms }: PostgresConnector, secret: string): Promise<PostgresPlace> {
    const { allowed } = this.parts;
    const address = await guardedAddress(host, port, allowed).catch((error: unknown) => {
      throw failure('connector.unavailable', { message: 'the host of the binding leads to no address', cause: error });
    });
    if (address === undefined) throw failure('connector.not_allowed', { message: 'the host of the binding leads to an address that is not a public one' });
    if (tls === 'off' && !allowed.has(`${host.toLowerCase()}:${port}`)) throw failure('connector.not_allowed', { message: 'the binding is not encrypted', fix: 'set tls to required' });
    const { user, password } = await this.credentials(secret);
    return { address, port, database, user, password, statementTimeoutMs: statement_timeout_ms, tls: tls === 'off' ? false : { host, ...(ca === undefined ? {} : { ca }) } };
  }

  private async credentials(name: string): Promise<{ readonly user: string; readonly password: string }> {
    const text = (await this.parts.secrets.read([name]))[name];
    const colon = text?.indexOf(':') ?? -1;
    if (text === undefined || colon < 1) throw failure('connector.credentials', { message: text === undefined ? `there is no secret ${name}` : `the secret ${name} does not read <user>:<password>` });
    return { user: text.slice(0, colon), password: text.slice(colon + 1) };
  }

  private async asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw outsideError(error);
    }
  }
}

const CODES = { unreachable: 'connector.unavailable', credentials: 'connector.credentials', missing: 'connector.missing', refused: 'connector.refused' } as const;

/** The same in the platform's words. */
export function outsideError(error: unknown): unknown {
  if (error instanceof ExternalConflictError) return failure('connector.row_changed', { message: `the row of change ${error.index} is not as it was`, field: `/changes/${error.index}`, cause: error });
  return error instanceof ExternalSystemError ? failure(CODES[error.reason], { message: error.message, cause: error }) : error;
}

const asTable = ({ columns, key }: Awaited<ReturnType<ExternalTables['describe']>>): ExternalTable => ({ columns: columns.map((column) => ({ ...column })), key: [...key] });

function tablesOnly(connector: Connector): PostgresConnector {
  if (connector.kind === 'postgres') return connector;
  throw failure('connector.not_allowed', { message: 'the binding has objects, and no tables' });
}

function listed(connector: Connector, { kind, name }: ExternalLocation): { readonly columns: readonly string[] | undefined } {
  const found = kind === 'table' && connector.kind === 'postgres' ? connector.tables.find((table) => table.name === name) : undefined;
  if (found === undefined) throw failure('connector.not_allowed', { message: `the binding does not list the ${kind} ${name}`, fix: 'name a table that the binding lists, or have it listed' });
  return { columns: found.columns };
}

/** What of a row is told before and after: what may be seen, and what may be written. */
export function writable(connector: Connector, name: string): { readonly columns: readonly string[]; readonly written: readonly string[] } {
  const { columns } = listed(connector, { kind: 'table', binding: '', name });
  const written = tablesOnly(connector).tables.find((table) => table.name === name)?.writable;
  if (written === undefined) throw failure('connector.not_allowed', { message: `the binding lets nothing of ${name} be written`, fix: 'have its columns listed (writable)' });
  return { columns: [...new Set([...(columns ?? []), ...written])], written };
}

function agreed({ version }: ExternalLocation, now: string | undefined): void {
  if (version !== undefined && version !== now) throw failure('reference.changed', { message: 'the object outside is another than when it was described', fix: 'describe it again (solution.describe_external), and use the new reference' });
}

const agreeing = ({ version }: ExternalLocation) => (table: ExternalTable): void => {
  if (version !== undefined && version !== versionOf(table)) throw failure('reference.changed', { message: 'the table’s columns are others than when it was described', fix: 'describe it again (solution.describe_external), and use the new reference' });
};
