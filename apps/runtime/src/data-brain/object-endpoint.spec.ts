import { Readable } from 'node:stream';
import { sha256Hex, silentLogger } from '@symphainy/kernel';
import { countingIds, ManualClock } from '@symphainy/kernel/testing';
import { MemoryObjects } from '../testing/memory-objects.js';
import { memoryPersonalData } from '../testing/memory-personal-data.js';
import { ObjectEndpoint, type ObjectReply, type ObjectRequest } from './object-endpoint.js';
import { ObjectTickets } from './object-tickets.js';

/** A store that gives a few bytes at a time, as one with large objects does. */
class PiecesObjects extends MemoryObjects {
  override async get(...asked: Parameters<MemoryObjects['get']>): Promise<Readable> {
    const bytes = Buffer.concat(await (await super.get(...asked)).toArray());
    return Readable.from(Array.from({ length: Math.ceil(bytes.length / 4) }, (_, at) => bytes.subarray(at * 4, at * 4 + 4)));
  }
}

const TEXT = 'policy,premium';
const HASH = sha256Hex(TEXT);

function endpointOver(objects: MemoryObjects) {
  const clock = new ManualClock();
  const tickets = new ObjectTickets(new Uint8Array(32));
  const changes: string[] = [];
  const endpoint = new ObjectEndpoint({ objects, tickets, sealed: memoryPersonalData(clock, countingIds()).objects, clock, logger: silentLogger, onChanged: (_, { code }) => Promise.resolve(changes.push(code)) });
  const routes: ((request: ObjectRequest, reply: ObjectReply) => Promise<unknown>)[] = [];
  endpoint.mount({ register: (plugin) => plugin({ removeAllContentTypeParsers: () => undefined, addContentTypeParser: () => undefined, get: (_, route) => void routes.push(route), put: () => undefined }) });
  const ticket = tickets.mintRead({ tenant_id: 'acme', execution_id: 'e1' }, { hash: HASH, size: TEXT.length, media_type: 'text/csv' }, clock.now() + 1000);
  const get = async (range?: string): Promise<string> => {
    const answer = { status: 200, body: '' as unknown };
    const reply: ObjectReply = { status: (code) => ((answer.status = code), reply), headers: () => reply, send: (body) => (answer.body = body) };
    await routes[0]!({ query: { ticket }, headers: range === undefined ? {} : { range }, body: undefined }, reply);
    if (!(answer.body instanceof Readable)) return `${answer.status} ${(JSON.parse(String(answer.body)) as { code: string }).code}`;
    let text = '';
    try {
      for await (const part of answer.body) text += Buffer.from(part as Uint8Array).toString();
    } catch {
      return `${answer.status} ${text} …`;
    }
    return `${answer.status} ${text}`;
  };
  const keep = (text: string): void => void objects.objects.set(`acme/${HASH}`, Buffer.from(text));
  keep(TEXT);
  return { get, keep, changes };
}

describe('objects that were changed in the store', () => {
  it('one that comes in a piece - is refused with its code before a byte is sent, and that is recorded', async () => {
    const { get, keep, changes } = endpointOver(new MemoryObjects());
    expect(await get()).toBe(`200 ${TEXT}`);
    keep(TEXT.replace('premium', 'PREMIUM'));
    expect([await get(), changes]).toEqual(['409 object.hash_mismatch', ['object.hash_mismatch']]);
  });

  it('a large one - breaks off before its end, and whoever asks again is told why, for a part of it too', async () => {
    const { get, keep } = endpointOver(new PiecesObjects());
    keep(TEXT.replace('premium', 'PREMIUM'));
    expect([await get(), await get(), await get('bytes=0-3')]).toEqual(['200 policy,PREMI …', '409 object.hash_mismatch', '409 object.hash_mismatch']);
  });

  it('one that was restored - is trusted again', async () => {
    const { get, keep } = endpointOver(new PiecesObjects());
    keep('another text!!');
    await get();
    keep(TEXT);
    expect([await get('bytes=0-5'), await get()]).toEqual(['206 policy', `200 ${TEXT}`]);
  });
});
