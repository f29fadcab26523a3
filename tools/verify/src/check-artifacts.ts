import { canonicalJson, type Json } from './canonical-json.js';
import { isSealed } from './check-checkpoints.js';
import { member } from './check-grammar.js';
import type { PlacedRecord, ReadStream } from './check-streams.js';
import type { Evidence } from './evidence-format.js';
import type { Findings, Place } from './findings.js';
import { hashOf, hexOfHash } from './hashing.js';
import { isObject } from './shape.js';

type Artifact = { readonly [key: string]: unknown };
/** By id, in the order in which they were made: a step that an execution was continued from makes its artifacts again. */
type Recorded = Map<string, readonly Artifact[]>;

const artifactsIn = ({ type, record }: PlacedRecord): Artifact[] => {
  if (type === 'step_completed') return (Array.isArray(record['artifacts']) ? record['artifacts'] : []).filter(isObject);
  return type === 'chunk_completed' ? [record['results'], record['failures']].filter(isObject) : [];
};

const sourcesOf = (artifact: Artifact): string[] => (Array.isArray(artifact['derived_from']) ? artifact['derived_from'] : []).map(String);

/** Artifacts' content against their recorded hashes, the list beside the records against the records, and what they came from. */
export function checkArtifacts(evidence: Evidence, streams: readonly ReadStream[], findings: Findings): void {
  const recorded: Recorded = new Map();
  for (const { streamId, records } of streams) {
    for (const placed of records) {
      for (const artifact of artifactsIn(placed)) {
        const id = String(artifact['artifact_id']);
        recorded.set(id, [...(recorded.get(id) ?? []), artifact]);
        checkContent(evidence, artifact, { stream_id: streamId, seq: placed.seq }, findings);
      }
    }
  }
  checkList(evidence, recorded, findings);
  checkObjects(evidence, recorded, findings);
  checkRelated(evidence, streams, findings);
}

function checkContent({ objects }: Evidence, artifact: Artifact, place: Place, findings: Findings): void {
  const id = String(artifact['artifact_id']);
  const object = isObject(artifact['object']) ? artifact['object'] : undefined;
  if (object === undefined) {
    findings.expect(hashOf((artifact['content'] ?? artifact['external'] ?? null) as Json) === artifact['content_hash'], 'artifacts', `${id}: its content does not hash to what was recorded`, place);
    return;
  }
  const hash = String(object['hash']);
  findings.expect(hash === artifact['content_hash'], 'artifacts', `${id}: it names an object other than its hash`, place);
  const brought = Object.hasOwn(objects, hash) ? objects[hash] : undefined;
  if (brought === undefined) return void findings.expect(Object.keys(objects).length === 0, 'artifacts', `${id}: its object is missing`, place);
  const bytes = Buffer.from(brought, 'base64');
  findings.expect(bytes.length === storedSize(object) && hexOfHash(bytes) === hash, 'artifacts', `${id}: the object’s bytes are not those recorded`, place);
}

/** Plain bytes of one chunk of an object that is stored sealed, and what its authentication adds. */
const SEALED_CHUNK = 64 * 1024;
const SEALED_TAG = 16;

/** An object about persons is stored, and brought, sealed: `size` tells of its plain bytes, the hash is that of the sealed ones. */
function storedSize({ size, sealed }: Artifact): number {
  return sealed === undefined ? Number(size) : Number(size) + SEALED_TAG * Math.max(1, Math.ceil(Number(size) / SEALED_CHUNK));
}

/** What stands in the list for reading is what the records say. */
function checkList({ artifacts }: Evidence, recorded: Recorded, findings: Findings): void {
  const listed = new Map<string, number>();
  for (const entry of artifacts) {
    const id = entry.artifact_id;
    const turn = listed.get(id) ?? 0;
    listed.set(id, turn + 1);
    const record = recorded.get(id)?.[turn];
    if (record === undefined) findings.add('artifacts', `${id} is listed, but no record made it`);
    else findings.expect(sameArtifact({ ...entry }, record), 'artifacts', `${id} is listed otherwise than it was recorded`);
  }
  for (const [id, records] of recorded) findings.expect((listed.get(id) ?? 0) >= records.length, 'artifacts', `${id} was recorded, but is not listed`);
}

const sameArtifact = (entry: Artifact, record: Artifact): boolean => canonicalJson(summary(entry)) === canonicalJson(summary(record));
const summary = (artifact: Artifact): Json => [artifact['artifact_type'], artifact['content_hash'], artifact['object'] ?? null, sourcesOf(artifact)] as Json;

function checkObjects({ objects }: Evidence, recorded: Recorded, findings: Findings): void {
  const named = new Set([...recorded.values()].flat().map((artifact) => String(member(artifact, 'object')['hash'])));
  for (const hash of Object.keys(objects)) findings.expect(named.has(hash), 'artifacts', `the object ${hash} belongs to no artifact`);
}

/** Executions that records name as sources or parent are here, or their place in the same log is proven. */
function checkRelated(evidence: Evidence, streams: readonly ReadStream[], findings: Findings): void {
  for (const { stream_id, relation, leaf } of evidence.related) {
    findings.expect(isSealed('head', stream_id, leaf, evidence.checkpoint), 'sealing', `the head of this ${relation} (frame ${leaf.seq}) is not in the signed tree`, { stream_id });
  }
  const known = new Set([...streams.map(({ streamId }) => streamId), ...evidence.related.map(({ stream_id }) => stream_id)]);
  for (const { streamId: stream_id, records } of streams) {
    for (const placed of records) for (const named of namedBy(placed)) findings.expect(known.has(named), 'artifacts', `it names ${named}, whose place in the log is not proven`, { stream_id, seq: placed.seq });
  }
}

const originOf = (artifactId: string): string => artifactId.slice(0, artifactId.indexOf('/'));

function namedBy(placed: PlacedRecord): string[] {
  const { type, record } = placed;
  if (type === 'intent_received') return isObject(record['parent']) ? [String(record['parent']['execution_id'])] : [];
  if (type === 'reference_hydrated') return [originOf(String(record['reference']))];
  return artifactsIn(placed).flatMap(sourcesOf).map(originOf);
}
