import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { ExternalSystemError, type ExternalRows, type ExternalTable, type ExternalTables, type RowFilter, type TableRead } from '@symphainy/ports';
import { dropConnection, systemError, type PostgresPlace } from './connection.js';
import { describeTable, nameParts } from './describe-table.js';
import { beginSession } from './session.js';

export type { PostgresPlace } from './connection.js';

export class PostgresTables implements ExternalTables {
  constructor(private readonly place: PostgresPlace) {}

  async describe(name: string, columns?: readonly string[]): Promise<ExternalTable> {
    const { client } = await beginSession(this.place);
    try {
      return await describeTable(client, name, columns);
    } catch (error) {
      throw systemError(error);
    } finally {
      await client.end();
    }
  }

  async rows(name: string, columns: readonly string[] | undefined, read: TableRead, agree: (table: ExternalTable) => void): Promise<ExternalRows> {
    const { client, asOf } = await beginSession(this.place);
    try {
      const table = await asking(() => describeTable(client, name, columns));
      agree(table);
      return { asOf, bytes: streamed(client, selectOf(name, table, read)) };
    } catch (error) {
      dropConnection(client);
      throw error;
    }
  }
}

async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw systemError(error);
  }
}

/** The server's rows as it makes them; nothing further is asked for while the reader is behind. */
async function* streamed(client: Client, select: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of client.query(copyTo(`copy (${select}) to stdout (format csv, null '\\N', force_quote *)`))) yield chunk as Uint8Array;
  } catch (error) {
    throw systemError(error);
  } finally {
    dropConnection(client);
  }
}

const OPERATORS: { readonly [op in RowFilter['op']]: string } = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' };

/** A number stands bare: in quotes it would have to fit the column's own type. */
const NUMERIC: ReadonlySet<string> = new Set(['integer', 'decimal']);
const NUMBER = /^-?\d+(?:\.\d+)?$/;

function selectOf(name: string, table: ExternalTable, { columns, filters }: TableRead): string {
  const known = new Map(table.columns.map((column) => [column.name, column.type]));
  const column = (wanted: string): string => {
    if (!known.has(wanted)) throw new ExternalSystemError('missing', `the table ${name} has no column ${wanted} that may be read`);
    return escapeIdentifier(wanted);
  };
  const compared = ({ column: of, op, values }: RowFilter): string => {
    const literals = values.map((value) => (NUMERIC.has(known.get(of) ?? '') && NUMBER.test(value) ? value : escapeLiteral(value)));
    return op === 'eq' ? `${column(of)} in (${literals.join(', ')})` : `${column(of)} ${OPERATORS[op]} ${literals[0] ?? 'null'}`;
  };
  const where = filters.length === 0 ? '' : ` where ${filters.map(compared).join(' and ')}`;
  const order = table.key.length === 0 ? '' : ` order by ${table.key.map(escapeIdentifier).join(', ')}`;
  return `select ${columns.map(column).join(', ')} from ${nameParts(name).map(escapeIdentifier).join('.')}${where}${order}`;
}
