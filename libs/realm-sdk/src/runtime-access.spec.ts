import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failure, type ExternalLocation, type StepDispatch } from '@symphainy/contracts';
import { sha256Hex } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import { runtimeAccess } from './runtime-access.js';

/** A Runtime whose objects never end, and whose tables are asked for by POST. */
class EndlessObjects {
  /** Tells the method of each request whose answer is no longer wanted. */
  readonly closed = new EventEmitter();
  private readonly server: Server = createServer((request, response) => {
    response.writeHead(200, { 'x-as-of': '2026-11-30T08:00:00.000Z' });
    const more = setInterval(() => response.write('"row"\n'), 1);
    request.resume();
    response.on('close', () => {
      clearInterval(more);
      this.closed.emit(request.method ?? '');
    });
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/objects`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

describe('the Runtime’s doors for an attempt that is over', () => {
  const endless = new EndlessObjects();
  let url: string;
  beforeAll(async () => void (url = await endless.listen()));
  afterAll(() => endless.close());

  const external: ExternalLocation = { kind: 'table', binding: 'b', name: 'public.t' };
  const told = (about: object) => ({ artifact: { artifact_id: 'a', media_type: 'text/csv', ...about }, ticket_url: url, ...('external' in about ? { table: { columns: [{ name: 'a', type: 'string', native: 'text', nullable: true }], key: [] } } : {}) });
  const access = (about: object, over: AbortController, reply: object = {}) => {
    const channels = { request: (subject: string) => Promise.resolve(subject === 'runtime.hydrate' ? { ...told(about), ...reply } : { ticket_url: url }) } as unknown as Channels;
    return runtimeAccess(channels, { token: 't', attempt: {} } as unknown as StepDispatch, () => undefined, over.signal);
  };
  const cancelled = failure('execution.cancelled', { message: 'nobody waits for it' });
  const codeOf = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'none', (error: { code?: string }) => error.code ?? String(error));

  /** Reads on until the attempt is over, which it is after the first bytes. */
  const readOn = async (bytes: AsyncIterable<Uint8Array>, over: AbortController): Promise<void> => {
    for await (const _ of bytes) over.abort(cancelled);
  };

  it('a read in the middle - breaks off with the reason, and lets go of the store', async () => {
    const letGo = once(endless.closed, 'GET');
    const over = new AbortController();
    const { stream } = await access({ object: { hash: sha256Hex('x'), size: 1 } }, over).read('a');
    expect(await codeOf(readOn(await stream(), over))).toBe('execution.cancelled');
    await letGo;
  });

  it('rows of a table outside - break off with the reason too, not as if its system had', async () => {
    const letGo = once(endless.closed, 'POST');
    const over = new AbortController();
    const { table } = await access({ external }, over).read('a');
    const rows = await table!.rows({ columns: ['a'], filters: [] });
    expect(rows.asOf).toBe('2026-11-30T08:00:00.000Z');
    expect(await codeOf(readOn(rows.bytes, over))).toBe('execution.cancelled');
    await letGo;
  });

  it('a masked view, a sealed object - do not pass for the bytes that were recorded', async () => {
    const object = { hash: sha256Hex('x'), size: 1, media_type: 'text/csv' };
    const hashOf = async (about: object, reply: object = {}): Promise<string | undefined> => (await access(about, new AbortController(), reply).read('a')).hash;
    expect(await hashOf({ object })).toBe(object.hash);
    expect(await hashOf({ object }, { masked: true })).toBeUndefined();
    expect(await hashOf({ object: { ...object, sealed: { keys: ['k'] } } })).toBeUndefined();
  });

  it('a write, a further read, a tool - are not begun', async () => {
    const over = new AbortController();
    const doors = access({}, over);
    over.abort(failure('step.timeout'));
    expect(await Promise.all([codeOf(doors.write(new Uint8Array(1), { mediaType: 'text/plain' })), codeOf(doors.read('a')), codeOf(doors.tool('session.artifacts', {}))])).toEqual(['step.timeout', 'step.timeout', 'step.timeout']);
  });

  it('what stays outside, without a connector - has no bytes here, and says so', async () => {
    const { stream, table } = await runtimeAccess({ request: () => Promise.resolve({ artifact: { artifact_id: 'a', external } }) } as unknown as Channels, { token: 't', attempt: {} } as unknown as StepDispatch, () => undefined, new AbortController().signal).read('a');
    expect([await codeOf(Promise.resolve(stream())), table]).toEqual(['reference.external', undefined]);
  });
});
