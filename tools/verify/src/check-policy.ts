import type { Json } from './canonical-json.js';
import { member } from './check-grammar.js';
import type { PlacedRecord, ReadStream } from './check-streams.js';
import type { DisclosedBundle, Entry, Evidence } from './evidence-format.js';
import type { Findings, Place } from './findings.js';
import { hashOf } from './hashing.js';
import { isObject } from './shape.js';
import { publicKey, signatureProblem, type KeysById, type TrustedKeys } from './trusted-keys.js';

const ROLES = ['security_guard', 'city_manager', 'data_steward'];

/** A governance bundle as far as it is shown. */
export interface Bundle {
  readonly version: unknown;
  readonly policies: ReadonlyMap<string, { readonly [key: string]: Json }>;
  readonly capabilities: ReadonlyMap<string, { readonly [key: string]: Json }>;
}

/** The bundles whose hash follows from what is shown of them, and which a key of the governor signed. */
export function checkBundles(evidence: Evidence, keys: TrustedKeys, findings: Findings): Map<string, Bundle> {
  const governors = keys.bundle ?? vouchedFor(evidence, findings);
  const bundles = new Map<string, Bundle>();
  for (const bundle of evidence.bundles) {
    const name = `the governance bundle ${bundle.hash}`;
    findings.expect(hashOfDisclosed(bundle, name, findings) === bundle.hash, 'policy', `${name} does not have its hash: what it shows was changed`);
    const problem = signatureProblem(bundle, governors);
    if (problem !== undefined) findings.add('policy', `${name}: ${problem}`);
    bundles.set(bundle.hash, { version: bundle.head['version'], policies: byName(bundle.lists['policies'], 'id'), capabilities: byName(bundle.lists['capabilities'], 'name') });
  }
  return bundles;
}

/** The governor's keys as the signed export names them: whoever trusts the checkpoint key trusts it on these, unless given others. */
function vouchedFor({ keys }: Evidence, findings: Findings): KeysById {
  const vouched = new Map<string, ReturnType<typeof publicKey>>();
  for (const [id, text] of Object.entries(keys.bundle)) {
    try {
      vouched.set(id, publicKey(text));
    } catch {
      findings.add('policy', `the key ${id} is no Ed25519 key`);
    }
  }
  return vouched;
}

function hashOfDisclosed({ head, lists }: DisclosedBundle, name: string, findings: Findings): string {
  const members = new Map<string, Json>(Object.entries(head));
  for (const [list, entries] of Object.entries(lists)) {
    if (members.has(list) || !Array.isArray(entries) || !entries.every(isEntry)) {
      findings.add('policy', `${name}: its list ${list} ${members.has(list) ? 'stands in its head too' : 'is not readable'}`);
      return '';
    }
    members.set(list, entries.map((entry) => ('digest' in entry ? entry.digest : hashOf([entry.salt, entry.entry]))));
  }
  return hashOf(Object.fromEntries(members));
}

const isEntry = (entry: unknown): entry is Entry => isObject(entry) && (typeof entry['digest'] === 'string' || (typeof entry['salt'] === 'string' && isObject(entry['entry'])));

function byName(entries: readonly Entry[] | undefined, key: string): Map<string, { readonly [key: string]: Json }> {
  const shown = (Array.isArray(entries) ? entries : []).flatMap((entry: unknown) => (isEntry(entry) && 'entry' in entry ? [entry.entry] : []));
  return new Map(shown.map((entry) => [String(entry[key]), entry]));
}

/** One decision of three verdicts, under a bundle that is here and holds the policies that decided; nothing started without a permit. */
export function checkPolicy(stream: ReadStream, bundles: ReadonlyMap<string, Bundle>, findings: Findings): void {
  if (stream.kind !== 'execution') return;
  const decisions = stream.records.filter(({ type }) => type === 'policy_evaluated');
  const started = stream.records.find(({ type }) => type === 'saga_started' || type === 'step_started');
  if (started !== undefined) findings.expect(decisions.length === 1, 'policy', `${decisions.length} decisions where one belongs`, { stream_id: stream.streamId, seq: started.seq });
  for (const decision of decisions) checkDecision(stream, decision, started, bundles, findings);
}

function checkDecision(stream: ReadStream, { record, seq }: PlacedRecord, started: PlacedRecord | undefined, bundles: ReadonlyMap<string, Bundle>, findings: Findings): void {
  const place = { stream_id: stream.streamId, seq };
  const decision = member(record, 'decision');
  const verdicts = (Array.isArray(decision['verdicts']) ? decision['verdicts'] : []).filter(isObject);
  const permits = verdicts.filter((verdict) => verdict['decision'] === 'permit').map((verdict) => verdict['role']);
  findings.expect(ROLES.every((role, i) => verdicts[i]?.['role'] === role) && verdicts.length === 3, 'policy', 'the decision does not rest on the three roles’ verdicts', place);
  findings.expect((decision['decision'] === 'permit') === (permits.length === 3), 'policy', 'the decision is not what its verdicts come to', place);
  findings.expect(started === undefined || decision['decision'] === 'permit', 'policy', 'the saga started although policy denied it', place);
  const bundle = bundles.get(String(decision['bundle_hash']));
  if (bundle === undefined) return findings.add('policy', `the governance bundle ${String(decision['bundle_hash'])}, which decided, is not here`, place);
  findings.expect(decision['bundle_version'] === bundle.version, 'policy', 'the decision names another version than its bundle has', place);
  for (const verdict of verdicts) checkDetermining(verdict, bundle, place, findings);
  checkCapability(stream, decision['bundle_hash'], bundle, findings);
}

function checkDetermining(verdict: { readonly [key: string]: unknown }, bundle: Bundle, place: Place, findings: Findings): void {
  for (const id of Array.isArray(verdict['policies']) ? verdict['policies'] : []) {
    const policy = bundle.policies.get(String(id));
    findings.expect(policy?.['role'] === verdict['role'], 'policy', `policy ${String(id)}, which decided for ${String(verdict['role'])}, is not in the bundle`, place);
  }
}

/** What ran is what the bundle says the intent resolves to, in that version. */
function checkCapability({ streamId: stream_id, records }: ReadStream, bundleHash: unknown, bundle: Bundle, findings: Findings): void {
  const resolved = records.find(({ type }) => type === 'capability_resolved');
  if (resolved === undefined) return;
  const place = { stream_id, seq: resolved.seq };
  const capability = bundle.capabilities.get(String(resolved.record['capability']));
  findings.expect(resolved.record['bundle_hash'] === bundleHash, 'policy', 'the capability was not resolved from the bundle that decided', place);
  if (capability === undefined) return findings.add('policy', `the capability ${String(resolved.record['capability'])} is not in the bundle`, place);
  findings.expect(capability['version'] === resolved.record['version'], 'policy', 'the capability’s version is not the bundle’s', place);
  findings.expect(hashOf(capability['saga'] ?? null) === capability['saga_hash'], 'policy', 'the capability’s saga does not have its hash', place);
  const started = records.find(({ type }) => type === 'saga_started');
  if (started !== undefined) findings.expect(started.record['saga_hash'] === capability['saga_hash'], 'policy', 'the saga that started is not the bundle’s', { stream_id, seq: started.seq });
}
