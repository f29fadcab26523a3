import type { Client } from 'pg';
import { ExternalSystemError } from '@symphainy/ports';
import { connectTo, dropConnection, systemError, type PostgresPlace } from './connection.js';

/** Text forms that mean the same everywhere, and no path by which a name could mean another's object. */
export const SESSION = `set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601'; set bytea_output = 'hex'; set extra_float_digits = 1; set standard_conforming_strings = on; set search_path = ''`;
/** The first statement of the transaction: its snapshot is taken here. */
const OPENING = `select rolsuper, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from pg_catalog.pg_roles where rolname = current_user`;

/** When it is, by the server's clock. Rejects for a superuser: whose rights nobody has bounded. */
export async function askOpening(client: Client): Promise<string> {
  const { rows: [opened] } = await client.query<{ rolsuper: boolean; at: string }>(OPENING);
  if (opened === undefined || opened.rolsuper) throw new ExternalSystemError('credentials', 'the user is a superuser: a connector takes a role that may do what the binding lists and nothing else');
  return opened.at;
}

/** A connection in a read-only transaction of one snapshot, and when that was taken. Rejects with ExternalSystemError, also for a superuser. */
export async function beginSession(place: PostgresPlace): Promise<{ readonly client: Client; readonly asOf: string }> {
  const client = await connectTo(place);
  try {
    await client.query(SESSION);
    await client.query('begin isolation level repeatable read, read only');
    return { client, asOf: await askOpening(client) };
  } catch (error) {
    dropConnection(client);
    throw systemError(error);
  }
}
