import { failure, type ArchivedStream } from '@symphainy/contracts';
import { decodeBody, hexOf, openSegment } from '@symphainy/execution';
import { sha256Hex } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import { LRUCache } from 'lru-cache';
import type { StoredFrame, StreamCheckpoint, WalReader } from '../acceptance/log.ports.js';

/** What stands in the log where an archived stream stood: at seq 0, of this kind. */
export const ARCHIVED_KIND = 'archived';

export const isStub = (frame: { readonly kind: string } | undefined): boolean => frame?.kind === ARCHIVED_KIND;

/** Opened segments kept, by the bytes of their frames. */
const OPENED_BYTES_MAX = 64 * 1024 * 1024;

type Segment = ArchivedStream['segments'][number];

/**
 * Streams of the log and, where the log holds only a stub, of the archive: who reads cannot tell the difference. Every segment is checked before a frame of it is given:
 * its bytes by its name, its frames by the chain from root to root. Rejects with `archive.unreadable`.
 */
export class ArchivedReader implements WalReader {
  private readonly opened = new LRUCache<string, readonly StoredFrame[]>({ maxSize: OPENED_BYTES_MAX, sizeCalculation: (frames) => frames.reduce((sum, frame) => sum + frame.body.length + 200, 1) });

  constructor(
    private readonly log: WalReader,
    private readonly objects: ObjectStore,
  ) {}

  async readStream(tenantId: string, streamId: string, fromSeq = 0, limit = Number.MAX_SAFE_INTEGER): Promise<StoredFrame[]> {
    const live = await this.log.readStream(tenantId, streamId, fromSeq, limit);
    const stub = await this.stubOf(tenantId, streamId, fromSeq, live);
    if (stub === undefined) return live;
    const frames = await this.archived(stub, fromSeq, limit);
    return [...frames, ...live.filter((frame) => !isStub(frame))].slice(0, limit);
  }

  async readHead(tenantId: string, streamId: string): Promise<StoredFrame | undefined> {
    const head = await this.log.readHead(tenantId, streamId);
    if (head === undefined || !isStub(head)) return head;
    return (await this.archived(head, archivedOf(head).head_seq, 1))[0];
  }

  readCheckpoint(tenantId: string, streamId: string): Promise<StreamCheckpoint | undefined> {
    return this.log.readCheckpoint(tenantId, streamId);
  }

  /** A stub stands at seq 0; who asks from further on meets a gap where the archived frames were. */
  private async stubOf(tenantId: string, streamId: string, fromSeq: number, live: readonly StoredFrame[]): Promise<StoredFrame | undefined> {
    if (live[0]?.seq === fromSeq) return isStub(live[0]) ? live[0] : undefined;
    if (fromSeq === 0) return undefined;
    const [first] = await this.log.readStream(tenantId, streamId, 0, 1);
    return isStub(first) ? first : undefined;
  }

  private async archived(stub: StoredFrame, fromSeq: number, limit: number): Promise<StoredFrame[]> {
    const found: StoredFrame[] = [];
    for (const segment of archivedOf(stub).segments) {
      if (segment.to_seq < fromSeq) continue;
      if (found.length >= limit) break;
      const frames = await this.segment(stub, segment);
      for (const frame of frames) if (frame.seq >= fromSeq && found.length < limit) found.push(frame);
    }
    return found;
  }

  private async segment({ tenantId, streamId }: StoredFrame, segment: Segment): Promise<readonly StoredFrame[]> {
    const key = `${tenantId}/${segment.object.hash}`;
    const known = this.opened.get(key);
    if (known !== undefined) return known;
    const frames = await openStored(this.objects, tenantId, streamId, segment);
    this.opened.set(key, frames);
    return frames;
  }
}

/** A segment out of the object store, checked against what the archive says of it. Rejects with `archive.unreadable`. */
export async function openStored(objects: ObjectStore, tenantId: string, streamId: string, { object, previous, root, from_seq }: Segment): Promise<readonly StoredFrame[]> {
  const bytes = await bytesOf(objects, tenantId, streamId, object.hash);
  if (sha256Hex(bytes) !== object.hash) throw unreadable(streamId, 'the segment’s bytes are not those that were archived');
  const opened = openSegment(bytes);
  if ('problems' in opened) throw unreadable(streamId, opened.problems[0] ?? '');
  const { segment, frames } = opened;
  const same = segment.tenant_id === tenantId && segment.stream_id === streamId && segment.previous === previous && segment.root === root && segment.from_seq === from_seq;
  if (!same) throw unreadable(streamId, 'the segment is not the one that the archive names');
  return frames.map((frame) => ({ ...frame, archived: true }));
}

async function bytesOf(objects: ObjectStore, tenantId: string, streamId: string, hash: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of (await objects.get(tenantId, hash)) as AsyncIterable<Uint8Array>) chunks.push(chunk);
  } catch (error) {
    if (error instanceof ObjectMissingError) throw unreadable(streamId, `the archived segment ${hash} is not in the object store`, error);
    throw error;
  }
  return Buffer.concat(chunks);
}

function archivedOf(stub: StoredFrame): ArchivedStream {
  const [record] = decodeBody(stub.body);
  if (record?.type !== 'stream_archived') throw unreadable(stub.streamId, `the stub ${hexOf(stub.hash)} does not say where the stream is`);
  return record.archived;
}

const unreadable = (streamId: string, message: string, cause?: unknown): Error => failure('archive.unreadable', { message, details: { stream_id: streamId }, cause });
