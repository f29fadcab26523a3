import { once } from 'node:events';
import { Readable } from 'node:stream';
import { sha256Hex } from './hashing.js';
import { begun, intactStream } from './intact-stream.js';

const pieces = async function* (...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
};
const changed = (): Error => new Error('other bytes');

async function read(source: AsyncIterable<Uint8Array>): Promise<{ text: string; error?: string }> {
  let text = '';
  try {
    for await (const chunk of source) text += Buffer.from(chunk).toString();
    return { text };
  } catch (error) {
    return { text, error: (error as Error).message };
  }
}

describe('intactStream', () => {
  it('bytes of the hash - all come through, none at all too', async () => {
    expect([await read(intactStream(pieces('ab', 'c'), sha256Hex('abc'), changed)), await read(intactStream(pieces(), sha256Hex(''), changed))]).toEqual([{ text: 'abc' }, { text: '' }]);
  });

  it('other bytes - the last piece never comes, so that nobody takes them for whole', async () => {
    expect([await read(intactStream(pieces('ab', 'X'), sha256Hex('abc'), changed)), await read(intactStream(pieces('abX'), sha256Hex('abc'), changed))]).toEqual([{ text: 'ab', error: 'other bytes' }, { text: '', error: 'other bytes' }]);
  });
});

describe('begun', () => {
  it('what goes wrong before the first piece - is thrown before anything is read; the pieces are the same', async () => {
    await expect(begun(intactStream(pieces('X'), sha256Hex('abc'), changed))).rejects.toThrow('other bytes');
    expect([await read(await begun(pieces('a', 'b'))), await read(await begun(pieces()))]).toEqual([{ text: 'ab' }, { text: '' }]);
  });

  it('a reader that leaves, before it has read anything or in the middle - lets go of the source', async () => {
    const left: string[] = [];
    const source = async function* (name: string): AsyncGenerator<Uint8Array> {
      try {
        yield* pieces('a', 'b', 'c');
      } finally {
        left.push(name);
      }
    };
    const unread = Readable.from(await begun(source('unread')));
    unread.destroy();
    await once(unread, 'close');
    for await (const _ of await begun(source('middle'))) break;
    expect(left).toEqual(['unread', 'middle']);
  });
});
