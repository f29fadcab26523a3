import type { StoredFrame } from '../acceptance/log.ports.js';
import { LocalFeed } from './local-feed.js';

const frame = (n: number): StoredFrame => ({ tenantId: 'acme', streamId: `s${n}`, seq: 0, kind: 'execution', at: '2026-01-01T00:00:00.000Z', hash: new Uint8Array(32).fill(n), body: new Uint8Array(1000), records: [], sessionId: 'session', writer: 'w', n });

describe('local feed', () => {
  it('frames behind the position - are given in their order, and forgotten with it', () => {
    const feed = new LocalFeed('w');
    feed.offer([frame(3), frame(4), frame(5)]);
    expect(feed.next(2, 2)).toEqual([frame(3), frame(4)]);
    expect(feed.next(4, 10)).toEqual([frame(5)]);
    expect(feed.next(2, 10)).toBeUndefined();
  });

  it('a frame that is not read - is kept as what says where it stands, and nothing of what it says', () => {
    const feed = new LocalFeed('w', ({ n }) => n === 2);
    feed.offer([frame(1), frame(2)]);
    const { records: _records, ...head } = frame(1);
    expect(feed.next(0, 2)).toEqual([{ ...head, body: new Uint8Array(0) }, frame(2)]);
  });
});
