import { canonicalJson, readCanonical, type Json } from './canonical-json.js';
import { isSealed } from './check-checkpoints.js';
import type { Evidence, EvidenceFrame, EvidenceStream } from './evidence-format.js';
import type { Findings } from './findings.js';
import { hexBytes, hexOfHash, sha256 } from './hashing.js';
import { isObject } from './shape.js';

/** A record with the frame it stands in. What it holds beyond its type is read by whoever needs it. */
export interface PlacedRecord {
  readonly seq: number;
  readonly type: string;
  readonly record: { readonly [key: string]: unknown };
}

/** A stream whose frames were read. */
export interface ReadStream {
  readonly streamId: string;
  readonly kind: string;
  readonly records: readonly PlacedRecord[];
}

const GENESIS = '0'.repeat(64);

/** Checks every frame's bytes, hash and place, and that the stream ends where it was sealed; returns the records that could be read. */
export function checkStream(evidence: Evidence, stream: EvidenceStream, findings: Findings): ReadStream {
  const { stream_id, kind, frames } = stream;
  const records: PlacedRecord[] = [];
  let before = GENESIS;
  frames.forEach((frame, position) => {
    const place = { stream_id, seq: frame.seq };
    findings.expect(frame.seq === position, 'chain', `it stands where frame ${position} belongs: a frame was dropped, added or moved`, place);
    const bytes = Buffer.from(frame.body, 'base64');
    findings.expect(bytes.toString('base64') === frame.body, 'chain', 'its body is not written as base64', place);
    findings.expect(frame.hash === frameHash(before, evidence.subject.tenant_id, stream, frame, bytes), 'chain', 'its hash does not follow from its bytes and the frame before it: it was changed, or what stands before it', place);
    for (const record of readRecords(bytes, frame.seq, stream_id, findings)) records.push(record);
    before = frame.hash;
  });
  checkEnd(evidence, stream, findings);
  return { streamId: stream_id, kind, records };
}

/** SHA-256(hash before ‖ canonical JSON of [tenant, stream, seq, kind, at] ‖ SHA-256(body)). */
function frameHash(before: string, tenantId: string, { stream_id, kind }: EvidenceStream, { seq, at }: EvidenceFrame, body: Uint8Array): string {
  return hexOfHash(hexBytes(before), canonicalJson([tenantId, stream_id, seq, kind, at]), sha256(body));
}

/** A stream is sealed by its last frame: what was cut off, or added behind it, does not have the hash that the tree binds. */
function checkEnd({ checkpoint }: Evidence, { stream_id, frames, leaf }: EvidenceStream, findings: Findings): void {
  const place = { stream_id };
  findings.expect(isSealed('head', stream_id, leaf, checkpoint), 'sealing', `its head (frame ${leaf.seq}) is not in the signed tree`, place);
  for (let seq = frames.length; seq <= Math.min(leaf.seq, frames.length + 99); seq++) findings.add('sealing', 'it was sealed, but is missing', { stream_id, seq });
  for (const { seq } of frames.slice(leaf.seq + 1)) findings.add('sealing', `it stands behind the sealed head (frame ${leaf.seq})`, { stream_id, seq });
  const head = frames[leaf.seq];
  if (head !== undefined) findings.expect(head.hash === leaf.hash, 'sealing', 'its hash is not the one that was sealed', { stream_id, seq: head.seq });
}

function readRecords(bytes: Uint8Array, seq: number, stream_id: string, findings: Findings): PlacedRecord[] {
  const read = readCanonical(bytes);
  if ('problem' in read) {
    findings.add('chain', read.problem, { stream_id, seq });
    return [];
  }
  const records = isObject(read.value) ? (read.value as { records?: Json }).records : undefined;
  if (!Array.isArray(records) || records.length === 0) {
    findings.add('grammar', 'it holds no records', { stream_id, seq });
    return [];
  }
  return records.flatMap((record: unknown, i) => {
    if (isObject(record) && typeof record['type'] === 'string') return [{ seq, type: record['type'], record }];
    findings.add('grammar', `its record ${i} has no type`, { stream_id, seq });
    return [];
  });
}
