import type { EvidenceBundle, SealedLeaf } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import type { StoredFrame, StreamKind } from '../acceptance/log.ports.js';

/** A stream of a bundle, whose frames are read when they are written. */
export interface SealedStream {
  readonly streamId: string;
  readonly kind: StreamKind;
  readonly leaf: SealedLeaf;
}

/** A bundle before it is written: what is short as values, what may be long by how to read it. */
export interface EvidenceSource {
  readonly known: Omit<EvidenceBundle, 'streams' | 'objects'>;
  readonly streams: readonly SealedStream[];
  /** A stream's frames in order, up to the one that its leaf binds, page by page. */
  frames(stream: SealedStream): AsyncIterable<readonly StoredFrame[]>;
  /** Hashes of objects. */
  readonly objects: readonly string[];
  /** Undefined: it is gone, and left out. */
  object(hash: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** The bundle's canonical JSON in pieces, the closing brace as the last: a long history is never in memory whole. */
export async function* evidenceText(source: EvidenceSource): AsyncGenerator<string> {
  const known: { readonly [member: string]: unknown } = source.known;
  let separator = '{';
  for (const member of [...Object.keys(known), 'objects', 'streams'].sort()) {
    if (member !== 'objects' && member !== 'streams' && known[member] === undefined) continue;
    yield `${separator}"${member}":`;
    separator = ',';
    if (member === 'objects') yield* objectsText(source);
    else if (member === 'streams') yield* streamsText(source);
    else yield canonicalJson(known[member]);
  }
  yield '}';
}

async function* streamsText(source: EvidenceSource): AsyncGenerator<string> {
  let separator = '';
  yield '[';
  for (const stream of source.streams) {
    yield `${separator}{"frames":[`;
    yield* framesText(source.frames(stream));
    yield `],"kind":${canonicalJson(stream.kind)},"leaf":${canonicalJson(stream.leaf)},"stream_id":${canonicalJson(stream.streamId)}}`;
    separator = ',';
  }
  yield ']';
}

async function* framesText(pages: AsyncIterable<readonly StoredFrame[]>): AsyncGenerator<string> {
  let separator = '';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + page.map((frame) => canonicalJson(shown(frame))).join(',');
    separator = ',';
  }
}

const shown = ({ seq, at, body, hash }: StoredFrame): EvidenceBundle['streams'][number]['frames'][number] => ({ seq, at, body: base64(body), hash: Buffer.from(hash).toString('hex') });

async function* objectsText({ objects, object }: EvidenceSource): AsyncGenerator<string> {
  let separator = '{';
  for (const hash of [...objects].sort()) {
    const bytes = await object(hash);
    if (bytes === undefined) continue;
    yield `${separator}${canonicalJson(hash)}:"`;
    yield* base64Text(bytes);
    yield '"';
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}

/** Three bytes are four characters: what is left of a chunk waits for the next. */
async function* base64Text(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    const open = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = open.length - (open.length % 3);
    yield base64(open.subarray(0, whole));
    rest = open.subarray(whole);
  }
  yield base64(rest);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
