import { streamSegment, type StreamSegment } from '@symphainy/contracts';
import { canonicalJson, utf8 } from '@symphainy/kernel';
import { chainProblems, hexOf, type ChainedFrame } from './chain.js';

/** A frame of the log with its place among its writer's frames. */
export interface LoggedFrame extends ChainedFrame {
  readonly writer: string;
  readonly n: number;
}

/** Frames of one execution, in order and without gaps, as a sealed segment. `previous`: the chain hash before the first of them. */
export function sealSegment(frames: readonly LoggedFrame[], previous: Uint8Array): StreamSegment {
  const [first, last] = [frames[0]!, frames[frames.length - 1]!];
  return {
    form: 'symphainy-segment-1',
    tenant_id: first.tenantId,
    stream_id: first.streamId,
    kind: 'execution',
    from_seq: first.seq,
    to_seq: last.seq,
    previous: hexOf(previous),
    root: hexOf(last.hash),
    frames: frames.map(({ at, hash, body, writer, n }) => [at, hexOf(hash), base64Of(body), writer, n]),
  };
}

/** The bytes that a segment is stored and named by. */
export const segmentBytes = (segment: StreamSegment): Uint8Array => utf8(canonicalJson(segment));

/** A segment's frames, or every way in which it is not what it says: its frames follow from `previous` to `root`, from `from_seq` to `to_seq`. */
export function openSegment(bytes: Uint8Array): { readonly frames: readonly (LoggedFrame & { readonly kind: 'execution' })[]; readonly segment: StreamSegment } | { readonly problems: readonly string[] } {
  const segment = read(bytes);
  if (typeof segment === 'string') return { problems: [segment] };
  const frames = segment.frames.map(([at, hash, body, writer, n], index) => ({
    tenantId: segment.tenant_id, streamId: segment.stream_id, seq: segment.from_seq + index, kind: segment.kind, at, hash: bytesOfHex(hash), body: bytesOfBase64(body), writer, n,
  }));
  const problems = chainProblems(frames, bytesOfHex(segment.previous), segment.from_seq);
  const last = frames[frames.length - 1];
  if (last === undefined || last.seq !== segment.to_seq) problems.push(`the segment ends at frame ${last?.seq ?? 'none'}, not at ${segment.to_seq}`);
  else if (hexOf(last.hash) !== segment.root) problems.push('the last frame’s hash is not the segment’s root');
  return problems.length > 0 ? { problems } : { frames, segment };
}

function read(bytes: Uint8Array): StreamSegment | string {
  try {
    const parsed = streamSegment.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : `the segment does not fit its form: ${parsed.error.issues[0]?.message ?? ''}`;
  } catch (error) {
    if (error instanceof SyntaxError) return 'the segment is not JSON';
    throw error;
  }
}

const bytesOfHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** In the browser too, where there is no Buffer: text by chunks, because a call takes only so many arguments. */
function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

const bytesOfBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
