import type { Frame, SubscribedFrame, WantedFrames } from '@symphainy/contracts';
import type { Sql } from '@symphainy/store-postgres';
import { frameOf, wireFrame, type FrameRow } from '../wal/stored-frame.js';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';

/** Of so many streams it is remembered what they are about; others are looked up in the log. */
const REMEMBERED = 20_000;
/** Bytes of frames in one message; a frame that is larger comes without its contents. */
const MESSAGE_BYTES = 256 * 1024;

/** Undefined: any record. */
type Marks = readonly Buffer[] | undefined;

type About = SubscribedFrame['about'];

/**
 * Picks the frames that Smart City wants for subscribers and for Nurse, and says of each what its execution's intent was. While nobody wants anything it
 * looks at nothing; while some tenants do, at the tenant of each frame, and at the bytes of theirs.
 */
export class SubscribedFrames {
  private wanted = new Map<string, Marks>();
  private readonly abouts = new Map<string, About>();

  want(wants: readonly WantedFrames[]): void {
    this.wanted = new Map(wants.map(({ tenant_id, records }) => [tenant_id, records?.map((type) => Buffer.from(`"type":"${type}"`))]));
    if (this.wanted.size === 0) this.abouts.clear();
  }

  /** In the order of the log, cut into messages. */
  async pick(frames: readonly StoredFrame[], sql: Sql): Promise<SubscribedFrame[][]> {
    if (this.wanted.size === 0) return [];
    const mine = frames.filter((frame) => this.wanted.has(frame.tenantId));
    for (const frame of mine) if (frame.seq === 0) this.remember(frame, aboutOf(wireFrame(frame)));
    const picked = mine.filter((frame) => bears(frame.body, this.wanted.get(frame.tenantId)));
    await this.lookUp(picked, sql);
    const messages = messagesOf(picked.map((frame) => ({ bytes: frame.body.length, frame: this.subscribed(frame) })));
    this.forget();
    return messages;
  }

  private subscribed(frame: StoredFrame): SubscribedFrame {
    const { hash: _hash, records, ...rest } = wireFrame(frame);
    const told = frame.body.length > MESSAGE_BYTES ? records.map(withoutContents) : records;
    return { ...rest, records: told, about: frame.kind === 'session' ? { session_id: frame.streamId } : (this.abouts.get(streamKey(frame)) ?? {}) };
  }

  /** The first frames of streams that began before this instance looked, or before anybody wanted them. */
  private async lookUp(frames: readonly StoredFrame[], sql: Sql): Promise<void> {
    const unknown = new Map(frames.filter((frame) => frame.kind === 'execution' && !this.abouts.has(streamKey(frame))).map((frame) => [streamKey(frame), frame]));
    if (unknown.size === 0) return;
    const rows = await sql.query<FrameRow>(
      'select f.* from unnest($1::text[], $2::uuid[]) as u(tenant_id, stream_id) join runtime.wal_frames f on f.tenant_id = u.tenant_id and f.stream_id = u.stream_id and f.seq = 0',
      [[...unknown.values()].map((frame) => frame.tenantId), [...unknown.values()].map((frame) => frame.streamId)],
    );
    for (const row of rows) this.remember(frameOf(row), aboutOf(wireFrame(frameOf(row))));
  }

  private remember(frame: StoredFrame, about: About): void {
    const key = streamKey(frame);
    this.abouts.delete(key);
    this.abouts.set(key, about);
  }

  private forget(): void {
    for (const stream of this.abouts.keys()) {
      if (this.abouts.size <= REMEMBERED) return;
      this.abouts.delete(stream);
    }
  }
}

const bears = (body: Uint8Array, marks: Marks): boolean => {
  if (marks === undefined) return true;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return marks.some((mark) => bytes.includes(mark));
};

function aboutOf({ records }: Frame): About {
  const [first] = records;
  if (first?.type !== 'intent_received') return {};
  const { intent, caller, correlation_id } = first;
  return { intent_type: intent.intent_type, session_id: intent.session_id, user_id: caller.user_id, correlation_id };
}

/** Who wants the rest reads it from the log. */
function withoutContents(record: Frame['records'][number]): SubscribedFrame['records'][number] {
  const { type, at, actor } = record;
  const step = 'step' in record && record.step !== undefined ? { step: record.step } : {};
  return { type, at, actor, ...step, omitted: true };
}

function messagesOf(frames: readonly { readonly bytes: number; readonly frame: SubscribedFrame }[]): SubscribedFrame[][] {
  const messages: SubscribedFrame[][] = [];
  let room = 0;
  for (const { bytes, frame } of frames) {
    const size = Math.min(bytes, MESSAGE_BYTES);
    if (messages.length === 0 || size > room) {
      messages.push([]);
      room = MESSAGE_BYTES;
    }
    messages.at(-1)?.push(frame);
    room -= size;
  }
  return messages;
}
