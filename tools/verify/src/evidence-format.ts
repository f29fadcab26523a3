/** The format `symphainy.evidence.v1`, as docs/reference/log-format.md describes it. */
import type { Json } from './canonical-json.js';
import { each, hex, integer, list, object, oneOf, optional, text, type Shape } from './shape.js';

export interface Signature {
  readonly hash: string;
  readonly signature: string;
  readonly key_id: string;
}

export interface SignedCheckpoint extends Signature {
  readonly checkpoint: {
    readonly type: string;
    readonly tenant_id: string;
    readonly tree_size: number;
    readonly root: string;
    readonly previous?: { readonly tree_size: number; readonly root: string; readonly hash: string };
    readonly sealed_at: string;
    readonly position: { readonly [writer: string]: Json };
  };
}

export interface Leaf {
  readonly index: number;
  readonly seq: number;
  readonly hash: string;
  readonly proof: readonly string[];
}

export interface EvidenceFrame {
  readonly seq: number;
  readonly at: string;
  readonly body: string;
  readonly hash: string;
}

export interface EvidenceStream {
  readonly stream_id: string;
  readonly kind: string;
  readonly frames: readonly EvidenceFrame[];
  readonly leaf: Leaf;
}

export type Entry = { readonly salt: string; readonly entry: { readonly [key: string]: Json } } | { readonly digest: string };

export interface DisclosedBundle extends Signature {
  readonly head: { readonly [key: string]: Json };
  readonly lists: { readonly [list: string]: readonly Entry[] };
}

export interface ListedArtifact {
  readonly artifact_id: string;
  readonly content_hash: string;
}

export interface Evidence {
  readonly type: string;
  readonly subject: { readonly kind: string; readonly id: string; readonly tenant_id: string };
  readonly exported_at: string;
  readonly exported_by: string;
  readonly checkpoint: SignedCheckpoint;
  readonly consistency: readonly { readonly earlier: SignedCheckpoint; readonly proof: readonly string[] }[];
  readonly streams: readonly EvidenceStream[];
  readonly members?: { readonly session_id: string; readonly executions: readonly string[]; readonly leaf?: Leaf };
  readonly related: readonly { readonly stream_id: string; readonly relation: string; readonly leaf: Leaf }[];
  readonly artifacts: readonly ListedArtifact[];
  readonly bundles: readonly DisclosedBundle[];
  readonly objects: { readonly [hash: string]: string };
  readonly keys: { readonly checkpoint: { readonly [id: string]: string }; readonly bundle: { readonly [id: string]: string } };
  readonly export: Signature;
}

const signature = { hash: hex, signature: text, key_id: text };
const leaf = object({ index: integer, seq: integer, hash: hex, proof: list(hex) });
const root = { tree_size: integer, root: hex };
export const checkpointShape: Shape = object({ checkpoint: object({ type: text, tenant_id: text, ...root, previous: optional(object({ ...root, hash: hex })), sealed_at: text, position: object({}) }), ...signature });

export const evidenceShape: Shape = object({
  type: oneOf('symphainy.evidence.v1'),
  subject: object({ kind: oneOf('execution', 'session'), id: text, tenant_id: text }),
  exported_at: text,
  exported_by: text,
  checkpoint: checkpointShape,
  consistency: list(object({ earlier: checkpointShape, proof: list(hex) })),
  streams: list(object({ stream_id: text, kind: text, frames: list(object({ seq: integer, at: text, body: text, hash: hex })), leaf })),
  members: optional(object({ session_id: text, executions: list(text), leaf: optional(leaf) })),
  related: list(object({ stream_id: text, relation: text, leaf })),
  artifacts: list(object({ artifact_id: text, content_hash: hex })),
  bundles: list(object({ head: object({}), lists: object({}), ...signature })),
  objects: each(text),
  keys: object({ checkpoint: each(text), bundle: each(text) }),
  export: object(signature),
});
