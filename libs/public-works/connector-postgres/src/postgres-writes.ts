/**
 * Changes rows exactly once. The outside database holds one table of ours, the receipts: the write's key goes into it first, in the transaction of the write, so that of two writes under
 * one key the second waits for the first and then finds its receipt. A connection that dies around the commit leaves open whether it was done; asked again under the same key, the write is
 * done or its receipt is found (the "transactional outbox" turned round: an inbox of writes; Richardson, "Microservices Patterns", 2018, chapter 3).
 */
import { DatabaseError, escapeIdentifier, type Client } from 'pg';
import { ExternalConflictError, ExternalSystemError, UnknownWriteError, type ExternalWrites, type RowChange, type RowValues, type WriteReceipt, type WrittenRow } from '@symphainy/ports';
import { connectTo, dropConnection, systemError, type PostgresPlace } from './connection.js';
import { nameParts } from './describe-table.js';
import { askOpening, beginSession, SESSION } from './session.js';

export class PostgresWrites implements ExternalWrites {
  /** `receipts`: the table, `schema.table`, of `write_key text primary key, receipt json`. */
  constructor(
    private readonly place: PostgresPlace,
    private readonly receipts: string,
  ) {}

  async look(name: string, columns: readonly string[], keys: readonly RowValues[]): Promise<(RowValues | null)[]> {
    const { client } = await beginSession(this.place);
    try {
      const found: (RowValues | null)[] = [];
      for (const key of keys) found.push(await rowOf(client, name, columns, key, ''));
      return found;
    } catch (error) {
      throw systemError(error);
    } finally {
      dropConnection(client);
    }
  }

  async write(writeKey: string, name: string, columns: readonly string[], changes: readonly RowChange[]): Promise<WriteReceipt> {
    const client = await this.connected();
    try {
      const earlier = await this.claimed(client, writeKey);
      if (earlier !== undefined) return earlier;
      const receipt = await changed(client, name, columns, changes);
      await client.query(`update ${quoted(this.receipts)} set receipt = $2 where write_key = $1`, [writeKey, JSON.stringify(receipt)]);
      await committed(client);
      return receipt;
    } catch (error) {
      throw error instanceof ExternalConflictError || error instanceof UnknownWriteError ? error : systemError(error);
    } finally {
      dropConnection(client);
    }
  }

  /** Before the key is claimed nothing says that an earlier write under it was not done. */
  private async connected(): Promise<Client> {
    try {
      const client = await connectTo(this.place);
      await client.query(SESSION);
      await client.query('begin isolation level read committed, read write');
      await askOpening(client);
      return client;
    } catch (error) {
      const known = systemError(error);
      throw known.reason === 'unreachable' ? new UnknownWriteError('the server does not answer', { cause: error }) : known;
    }
  }

  /** The receipt of an earlier write under this key; undefined: the key is ours, until this transaction ends. */
  private async claimed(client: Client, writeKey: string): Promise<WriteReceipt | undefined> {
    try {
      const { rowCount } = await client.query(`insert into ${quoted(this.receipts)} (write_key) values ($1) on conflict do nothing`, [writeKey]);
      if (rowCount === 1) return undefined;
      const { rows: [found] } = await client.query<{ receipt: WriteReceipt }>(`select receipt from ${quoted(this.receipts)} where write_key = $1`, [writeKey]);
      return found?.receipt;
    } catch (error) {
      throw error instanceof DatabaseError ? error : new UnknownWriteError('the connection broke before an earlier write could be ruled out', { cause: error });
    }
  }
}

const quoted = (name: string): string => nameParts(name).map(escapeIdentifier).join('.');

/** A server that says no did not commit; one that says nothing may have. */
async function committed(client: Client): Promise<void> {
  try {
    await client.query('commit');
  } catch (error) {
    throw error instanceof DatabaseError ? error : new UnknownWriteError('the connection broke around the commit', { cause: error });
  }
}

async function changed(client: Client, name: string, columns: readonly string[], changes: readonly RowChange[]): Promise<WriteReceipt> {
  const rows: WrittenRow[] = [];
  for (const [index, change] of changes.entries()) {
    const before = await rowOf(client, name, columns, change.key, 'for update');
    if (!agrees(before, change.before)) throw new ExternalConflictError(index);
    await apply(client, name, change, before);
    rows.push({ key: change.key, before, after: await rowOf(client, name, columns, change.key, '') });
  }
  const { rows: [now] } = await client.query<{ at: string }>(`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`);
  return { at: now!.at, rows };
}

/** As far as it was said what it must be. */
const agrees = (found: RowValues | null, wanted: RowValues | null): boolean => (found === null || wanted === null ? found === wanted : Object.entries(wanted).every(([column, value]) => found[column] === value));

async function rowOf(client: Client, name: string, columns: readonly string[], key: RowValues, lock: '' | 'for update'): Promise<RowValues | null> {
  const selected = columns.map((column) => `${escapeIdentifier(column)}::text as ${escapeIdentifier(column)}`).join(', ');
  const { text, values } = found(key, 1);
  const { rows } = await client.query<RowValues>(`select ${selected} from ${quoted(name)} where ${text} ${lock}`, values);
  if (rows.length > 1) throw new ExternalSystemError('refused', 'the key of a change names more than one row');
  return rows[0] ?? null;
}

/** Parameters from `$first` on. */
function found(key: RowValues, first: number): { text: string; values: (string | null)[] } {
  const entries = Object.entries(key);
  return { text: entries.map(([column], at) => `${escapeIdentifier(column)} = $${first + at}`).join(' and '), values: entries.map(([, value]) => value) };
}

async function apply(client: Client, name: string, { key, after }: RowChange, before: RowValues | null): Promise<void> {
  const table = quoted(name);
  if (after === null) {
    const { text, values } = found(key, 1);
    if (before !== null) await client.query(`delete from ${table} where ${text}`, values);
    return;
  }
  const set = Object.entries(before === null ? { ...key, ...after } : after);
  const values = set.map(([, value]) => value);
  if (before === null) return void (await client.query(`insert into ${table} (${set.map(([column]) => escapeIdentifier(column)).join(', ')}) values (${set.map((_, at) => `$${at + 1}`).join(', ')})`, values));
  const where = found(key, set.length + 1);
  await client.query(`update ${table} set ${set.map(([column], at) => `${escapeIdentifier(column)} = $${at + 1}`).join(', ')} where ${where.text}`, [...values, ...where.values]);
}
