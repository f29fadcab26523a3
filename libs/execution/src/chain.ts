import { canonicalJson, CanonicalJsonError, sha256, utf8 } from '@symphainy/kernel';
import type { WalRecord } from '@symphainy/contracts';

/** A frame's place: what the header binds beside the body. `at` is RFC 3339 with milliseconds. */
export interface FramePlace {
  readonly tenantId: string;
  readonly streamId: string;
  readonly seq: number;
  readonly kind: string;
  readonly at: string;
}

/** A frame ready to be stored: its canonical bytes and its hash. */
export interface EncodedFrame {
  readonly body: Uint8Array;
  readonly hash: Uint8Array;
}

/** What stands before a stream's first frame: 32 zero bytes. */
export const GENESIS: Uint8Array = new Uint8Array(32);

const BODY_START = '{"records":[';
const textDecoder = new TextDecoder();

/** SHA-256(prev ‖ header ‖ SHA-256(body)), header = canonical JSON of [tenant, stream, seq, kind, at]. */
export function frameHash(previous: Uint8Array, place: FramePlace, body: Uint8Array): Uint8Array {
  const header = utf8(canonicalJson([place.tenantId, place.streamId, place.seq, place.kind, place.at]));
  const link = new Uint8Array(64 + header.length);
  link.set(previous, 0);
  link.set(header, 32);
  link.set(sha256(body), 32 + header.length);
  return sha256(link);
}

/** Canonical bytes and hash of a frame. Throws CanonicalJsonError when a record holds what JSON cannot. */
export function encodeFrame(previous: Uint8Array, place: FramePlace, records: readonly WalRecord[]): EncodedFrame {
  return encodeTexts(previous, place, records.map(canonicalJson));
}

/** The same, of records whose canonical texts are at hand. */
export function encodeTexts(previous: Uint8Array, place: FramePlace, texts: readonly string[]): EncodedFrame {
  const body = utf8(`${BODY_START}${texts.join(',')}]}`);
  return { body, hash: frameHash(previous, place, body) };
}

/** The records of a stored body. The log's bytes are trusted here; `chainProblems` is what distrusts them. */
export const decodeBody = (body: Uint8Array): WalRecord[] => (JSON.parse(textDecoder.decode(body)) as { records: WalRecord[] }).records;

/** What stands in the log, as far as the chain reads it. */
export interface ChainedFrame extends FramePlace, EncodedFrame {}

/**
 * Every way in which these frames are not one unbroken chain; none: it holds. `frames` are a stream's frames from `seq` 0 on
 * (or from the frame after `previous`, whose hash is given).
 */
export function chainProblems(frames: readonly ChainedFrame[], previous: Uint8Array = GENESIS, firstSeq = 0): string[] {
  const problems: string[] = [];
  let before = previous;
  frames.forEach((frame, index) => {
    const seq = firstSeq + index;
    if (frame.seq !== seq) problems.push(`frame ${frame.seq} stands where ${seq} belongs`);
    if (!sameBytes(frame.hash, frameHash(before, frame, frame.body))) problems.push(`frame ${frame.seq}: its hash does not follow from its bytes and the frame before it`);
    if (!isCanonical(frame.body)) problems.push(`frame ${frame.seq}: its bytes are not canonical`);
    before = frame.hash;
  });
  return problems;
}

function isCanonical(body: Uint8Array): boolean {
  const text = textDecoder.decode(body);
  try {
    return canonicalJson(JSON.parse(text)) === text;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof CanonicalJsonError) return false;
    throw error;
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** A hash as it is shown: 64 hex digits. */
export function hexOf(hash: Uint8Array): string {
  let text = '';
  for (const byte of hash) text += HEX[byte];
  return text;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
