import { failure, type ObjectRef } from '@symphainy/contracts';
import { equalSecret, hmac } from '@symphainy/kernel';
import type { MaskedView } from './file-forms.js';

/** What a ticket lets its bearer do: read one object, or write one. */
export interface ObjectTicket {
  readonly tenant_id: string;
  readonly execution_id: string;
  readonly does: 'get' | 'put';
  /** Of the object to read. */
  readonly hash?: string;
  /** Of an object that is somebody's: its plain size, and how it is sealed. */
  readonly size?: number;
  readonly sealed?: ObjectRef['sealed'];
  /** Of a write: the subject keys that what is written is sealed under. */
  readonly seal_under?: readonly string[];
  /** Of a read: no more than a masked view. */
  readonly masked?: MaskedView;
  readonly media_type: string;
  /** Milliseconds since the epoch. */
  readonly expires_at: number;
  /** Of a write that is hashed and thrown away: a replay's. */
  readonly scratch?: true;
  /** Of a write. */
  readonly max_bytes?: number;
}

/** Claim checks for large bytes: `<base64url of the ticket>.<mac>` under the runtimes' key, good at any runtime. */
export class ObjectTickets {
  constructor(private readonly key: Uint8Array) {}

  mint(ticket: ObjectTicket): string {
    const body = Buffer.from(JSON.stringify(ticket)).toString('base64url');
    return `${body}.${hmac(this.key, `ticket\n${body}`)}`;
  }

  /** A ticket to read a recorded object, or a masked view of it. */
  mintRead({ tenant_id, execution_id }: { readonly tenant_id: string; readonly execution_id: string }, { hash, media_type, size, sealed }: ObjectRef, expires_at: number, masked?: MaskedView): string {
    return this.mint({ tenant_id, execution_id, does: 'get', hash, media_type, expires_at, ...(sealed === undefined ? {} : { size, sealed }), ...(masked === undefined ? {} : { masked }) });
  }

  /** Throws `object.ticket_invalid`. */
  open(text: string, does: ObjectTicket['does'], now: number): ObjectTicket {
    const [body, mac] = text.split('.');
    if (body === undefined || mac === undefined || !equalSecret(mac, hmac(this.key, `ticket\n${body}`))) throw failure('object.ticket_invalid');
    const ticket = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as ObjectTicket;
    if (ticket.does !== does || now > ticket.expires_at) throw failure('object.ticket_invalid');
    return ticket;
  }
}
