/**
 * Data that stays outside: how a Solution binds a system (`connector`), what is told of a table there, and how a part of it is asked for. Settings name the secret that holds the
 * credentials; credentials stand in no record.
 */
import { z } from 'zod';
import { columnType } from './content.schema.js';
import { realmName, tenantId, timestamp } from './words.js';

const columnName = z.string().min(1).max(300);
const host = z.string().max(253).regex(/^[A-Za-z0-9:](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?$/, 'must be a host name or an address');
const common = {
  /** Whose executions may use it. */
  tenants: z.array(tenantId).min(1).max(1000),
  /** The realm whose service runs it. */
  realm: realmName.default('solution'),
  /** The name under which the secrets of that service hold the credentials. */
  secret: z.string().max(100).regex(/^CONNECTOR_[A-Z0-9_]+$/, 'must begin with CONNECTOR_ and hold A-Z, 0-9 and _'),
};

/** A table that the connector may reach. */
export const connectorTable = z.object({
  /** `schema.table`. */
  name: z.string().max(200).regex(/^[^.\s"]+\.[^"]+$/, 'must read <schema>.<table>'),
  /** The columns that may be read; default: all that the credentials may. */
  columns: z.array(columnName).min(1).max(1600).optional(),
  /** The columns that may be written, a new row’s key among them; default: none. */
  writable: z.array(columnName).min(1).max(1600).optional(),
});

/** Tables of a Postgres. The secret reads `<user>:<password>`. */
export const postgresConnector = z.object({
  kind: z.literal('postgres'),
  ...common,
  host,
  port: z.number().int().min(1).max(65_535).default(5432),
  database: z.string().min(1).max(100),
  /** `off` only where the operator of the connector allows the target for development. */
  tls: z.enum(['required', 'off']).default('required'),
  /** PEM of the authority that signed the server’s certificate; default: those of the system. */
  ca: z.string().max(20_000).optional(),
  tables: z.array(connectorTable).min(1).max(1000),
  /** How rows are changed; unset: they are not. `receipts`: the table `schema.table` there that keeps what was written, `write_key text primary key, receipt json`. */
  writes: z.object({ secret: common.secret, receipts: z.string().max(200).regex(/^[^.\s"]+\.[^"]+$/, 'must read <schema>.<table>') }).optional(),
  statement_timeout_ms: z.number().int().min(100).max(600_000).default(300_000),
});

/** Objects and answers of an HTTP API, read by GET. The secret is the value of the header Authorization. */
export const httpConnector = z.object({
  kind: z.literal('http'),
  ...common,
  secret: common.secret.optional(),
  /** What every path is put behind. Plain http only where the operator of the connector allows the target for development. */
  base_url: z.string().max(500).regex(/^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/, 'must be an http(s) URL without credentials, query and fragment'),
  /** Beginnings of the paths that may be read. */
  paths: z.array(z.string().max(500).regex(/^\//, 'must begin with /')).min(1).max(1000),
  /** Of one request, until its answer begins. */
  timeout_ms: z.number().int().min(100).max(120_000).default(30_000),
});
export type HttpConnector = z.infer<typeof httpConnector>;

export const connector = z.discriminatedUnion('kind', [postgresConnector, httpConnector]);
export type Connector = z.infer<typeof connector>;
export type PostgresConnector = z.infer<typeof postgresConnector>;

export const externalColumn = z.object({
  name: columnName,
  type: columnType,
  /** In the words of the system. */
  native: z.string().max(200),
  nullable: z.boolean(),
  digits: z.number().int().min(0).optional(),
  scale: z.number().int().optional(),
  zoned: z.boolean().optional(),
});
export type ExternalColumn = z.infer<typeof externalColumn>;

/** What may be read of a table. */
export const externalTable = z.object({ columns: z.array(externalColumn).min(1).max(1600), /** The primary key’s columns; empty: there is none, or it may not be read. */ key: z.array(columnName).max(32) });
export type ExternalTable = z.infer<typeof externalTable>;

/** A part of a table: all filters hold. Texts are canonical, as the rows have them. */
export const tableQuery = z.strictObject({
  columns: z.array(columnName).min(1).max(1600),
  filters: z.array(z.strictObject({ column: columnName, op: z.enum(['eq', 'ne', 'lt', 'le', 'gt', 'ge']), values: z.array(z.string().max(2000)).min(1).max(1000) })).max(100).default([]),
});
export type TableQuery = z.infer<typeof tableQuery>;

/** What the host of a connector answers when the Runtime opens external data to an attempt, or only looks whether it is still as described. */
export const externalOpened = z.object({ ticket_url: z.string().optional(), table: externalTable.optional(), /** Its state now, in the form of `externalLocation.version`. */ version: z.string().max(200).optional(), at: timestamp });
export type ExternalOpened = z.infer<typeof externalOpened>;
