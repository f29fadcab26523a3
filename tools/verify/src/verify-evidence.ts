import type { Json } from './canonical-json.js';
import { checkArtifacts } from './check-artifacts.js';
import { checkCheckpoints } from './check-checkpoints.js';
import { checkAttribution, checkGrammar, hasEnded } from './check-grammar.js';
import { checkMembers } from './check-members.js';
import { checkBundles, checkPolicy } from './check-policy.js';
import { checkStream } from './check-streams.js';
import { evidenceShape, type Evidence, type SignedCheckpoint } from './evidence-format.js';
import { CHECKS, Findings, type Check, type Problem } from './findings.js';
import { hashOf } from './hashing.js';
import { signatureProblem, type TrustedKeys } from './trusted-keys.js';

export interface Report {
  readonly valid: boolean;
  readonly problems: readonly Problem[];
  /** Every check, and how many problems it found. */
  readonly checks: readonly { readonly check: Check; readonly problems: number }[];
  /** Absent when the file is no evidence at all. */
  readonly about?: {
    readonly kind: string;
    readonly id: string;
    readonly tenant_id: string;
    readonly exported_at: string;
    readonly sealed_at: string;
    readonly tree_size: number;
    readonly streams: number;
    readonly frames: number;
    readonly records: number;
    /** Executions without an end: valid, but something may come after what is shown. */
    readonly open_executions: readonly string[];
  };
}

/** Checks evidence against keys that are trusted and, if given, against a checkpoint that was kept from before. Reads nothing else. */
export function verifyEvidence(value: unknown, keys: TrustedKeys, anchor?: SignedCheckpoint): Report {
  const findings = new Findings();
  for (const misfit of evidenceShape(value, '')) findings.add('format', misfit);
  if (findings.problems.length > 0) return reportOf(findings);
  const evidence = value as Evidence;
  checkExport(evidence, keys, findings);
  checkCheckpoints(evidence, keys, anchor, findings);
  const streams = evidence.streams.map((stream) => checkStream(evidence, stream, findings));
  const bundles = checkBundles(evidence, keys, findings);
  for (const stream of streams) {
    checkGrammar(stream, findings);
    checkAttribution(stream, evidence.subject.tenant_id, findings);
    checkPolicy(stream, bundles, findings);
  }
  checkArtifacts(evidence, streams, findings);
  checkMembers(evidence, streams, findings);
  const { subject, exported_at, checkpoint } = evidence;
  return reportOf(findings, {
    ...{ kind: subject.kind, id: subject.id, tenant_id: subject.tenant_id },
    exported_at,
    sealed_at: checkpoint.checkpoint.sealed_at,
    tree_size: checkpoint.checkpoint.tree_size,
    streams: streams.length,
    frames: evidence.streams.reduce((sum, { frames }) => sum + frames.length, 0),
    records: streams.reduce((sum, { records }) => sum + records.length, 0),
    open_executions: streams.filter((stream) => stream.kind === 'execution' && !hasEnded(stream)).map(({ streamId }) => streamId),
  });
}

/** The whole is what was exported: also what no other check looks at. */
function checkExport(evidence: Evidence, keys: TrustedKeys, findings: Findings): void {
  const { export: signed, ...content } = evidence;
  findings.expect(hashOf(content as unknown as Json) === signed.hash, 'export', 'the bundle is not the one that was exported: something in it was changed, added or left out');
  const problem = signatureProblem(signed, keys.checkpoint);
  if (problem !== undefined) findings.add('export', `the export: ${problem}`);
}

const reportOf = ({ problems }: Findings, about?: Report['about']): Report => ({
  valid: problems.length === 0,
  problems,
  checks: CHECKS.map((check) => ({ check, problems: problems.filter((problem) => problem.check === check).length })),
  ...(about === undefined ? {} : { about }),
});
