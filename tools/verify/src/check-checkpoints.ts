import type { Json } from './canonical-json.js';
import type { Evidence, Leaf, SignedCheckpoint } from './evidence-format.js';
import type { Findings } from './findings.js';
import { canonicalJson } from './canonical-json.js';
import { hashOf } from './hashing.js';
import { leafHash, provesConsistency, provesInclusion, type Tree } from './merkle.js';
import { signatureProblem, type TrustedKeys } from './trusted-keys.js';

export const treeOf = ({ checkpoint }: SignedCheckpoint): Tree => ({ size: checkpoint.tree_size, root: checkpoint.root });

const nameOf = ({ checkpoint }: SignedCheckpoint): string => `the checkpoint of ${checkpoint.tree_size} leaves`;

/** Whether a checkpoint says what its hash says, a trusted key signed it, and it is of the tenant. */
export function checkCheckpoint(signed: SignedCheckpoint, tenantId: string, keys: TrustedKeys, findings: Findings): void {
  const name = nameOf(signed);
  findings.expect(signed.checkpoint.type === 'symphainy.checkpoint.v1', 'checkpoint', `${name} is of an unknown type`);
  findings.expect(hashOf(signed.checkpoint as unknown as Json) === signed.hash, 'checkpoint', `${name} does not have its hash`);
  const problem = signatureProblem(signed, keys.checkpoint);
  if (problem !== undefined) findings.add('checkpoint', `${name}: ${problem}`);
  findings.expect(signed.checkpoint.tenant_id === tenantId, 'checkpoint', `${name} is of tenant ${signed.checkpoint.tenant_id}, the evidence of ${tenantId}`);
}

/** The evidence's own checkpoint, those it claims to have grown from, and the one the auditor kept. */
export function checkCheckpoints(evidence: Evidence, keys: TrustedKeys, anchor: SignedCheckpoint | undefined, findings: Findings): void {
  const { checkpoint, consistency, subject } = evidence;
  checkCheckpoint(checkpoint, subject.tenant_id, keys, findings);
  for (const { earlier, proof } of consistency) {
    checkCheckpoint(earlier, subject.tenant_id, keys, findings);
    findings.expect(provesConsistency(treeOf(earlier), treeOf(checkpoint), proof), 'consistency', `${nameOf(earlier)} is not proven to be the beginning of ${nameOf(checkpoint)}: the log was rewritten in between, or the proof was changed`);
  }
  const { previous } = checkpoint.checkpoint;
  if (previous !== undefined) findings.expect(consistency.some(({ earlier }) => earlier.hash === previous.hash), 'consistency', `${nameOf(checkpoint)} names the one before it, which is not here with its proof`);
  if (anchor !== undefined) checkAnchor(evidence, anchor, keys, findings);
}

function checkAnchor({ checkpoint, consistency, subject }: Evidence, anchor: SignedCheckpoint, keys: TrustedKeys, findings: Findings): void {
  checkCheckpoint(anchor, subject.tenant_id, keys, findings);
  if (anchor.hash === checkpoint.hash) return;
  const [kept, own] = [treeOf(anchor), treeOf(checkpoint)];
  if (kept.size > own.size) return findings.add('consistency', `the anchor is of ${kept.size} leaves, the evidence of ${own.size}: the evidence is older, or the log was cut`);
  const proof = kept.size === own.size ? [] : consistency.find(({ earlier }) => earlier.checkpoint.tree_size === kept.size)?.proof;
  if (proof === undefined) return findings.add('consistency', `nothing here proves that the log only grew since the anchor: export again with ?since=${kept.size}`);
  findings.expect(provesConsistency(kept, own, proof), 'consistency', `the log was rewritten since the anchor: its tree of ${kept.size} leaves is not the beginning of the one of ${own.size}`);
}

/** Whether a leaf with these bytes stands in the checkpoint's tree. */
export function isSealed(kind: 'head' | 'members', streamId: string, leaf: Leaf, checkpoint: SignedCheckpoint): boolean {
  return provesInclusion({ index: leaf.index, hash: leafHash(canonicalJson([kind, streamId, leaf.seq, leaf.hash])) }, leaf.proof, treeOf(checkpoint));
}
