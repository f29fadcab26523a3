import fc from 'fast-check';
import { canonicalJson } from '@symphainy/kernel';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { evidenceText, type EvidenceSource, type SealedStream } from './evidence-text.js';

const HASH = 'ab'.repeat(32);
const bytes = fc.uint8Array({ maxLength: 40 });
const streams = fc.array(fc.array(fc.array(bytes, { maxLength: 4 }), { maxLength: 4 }), { maxLength: 4 });

const frameOf = (body: Uint8Array, seq: number): StoredFrame => ({ tenantId: 'acme', streamId: 's', seq, kind: 'execution', at: '2026-01-01T00:00:00.000Z', hash: Buffer.from(HASH, 'hex'), body, writer: 'w', n: seq });
const stream = (i: number): SealedStream => ({ streamId: `s${i}`, kind: 'execution', leaf: { index: i, seq: 1, hash: HASH, proof: [] } });

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

describe('evidence text', () => {
  it('however its pages and objects are cut - is the canonical JSON of the same bundle, its brace last', async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.dictionary(fc.stringMatching(/^[0-9a-f]{4}$/), fc.option(fc.array(bytes, { maxLength: 5 }), { nil: undefined }), { maxKeys: 4 }), async (pages, objects) => {
        const known = { type: 'symphainy.evidence.v1', exported_by: 'älice', members: undefined, keys: { bundle: {}, checkpoint: {} } } as unknown as EvidenceSource['known'];
        const numbered = pages.map((of) => {
          let seq = 0;
          return of.map((page) => page.map((body) => frameOf(body, seq++)));
        });
        const source: EvidenceSource = {
          known, streams: pages.map((_, i) => stream(i)), frames: ({ leaf }) => each(numbered[leaf.index]!),
          objects: Object.keys(objects), object: (hash) => Promise.resolve(objects[hash] === undefined ? undefined : each(objects[hash])),
        };
        const pieces: string[] = [];
        for await (const piece of evidenceText(source)) pieces.push(piece);
        const whole = {
          ...known,
          objects: Object.fromEntries(Object.entries(objects).flatMap(([hash, chunks]) => (chunks === undefined ? [] : [[hash, Buffer.concat(chunks).toString('base64')]]))),
          streams: numbered.map((of, i) => ({ stream_id: `s${i}`, kind: 'execution', leaf: stream(i).leaf, frames: of.flat().map((f) => ({ seq: f.seq, at: f.at, body: Buffer.from(f.body).toString('base64'), hash: HASH })) })),
        };
        expect(pieces.join('')).toBe(canonicalJson(whole));
        expect(pieces.at(-1)).toBe('}');
      }),
      { numRuns: 200 },
    );
  });
});
