/**
 * governance: whether an intent may run, decided by Cedar policies over a governance bundle; and the bundle's signature.
 *
 * Pure: no I/O and no clock. It stores nothing but memos of pure results (parsed policies, decisions), which may be lost at any time.
 *
 * Order of use, in a runtime: `verifySignedBundle` → `compileBundle` once per bundle → `evaluatePolicy` once per intent.
 * For what is to be put in force: `readPolicyText`, `tryChanges` (with its tests and what it changes), `runPolicyTests`, `diffBundles`.
 * For whoever writes policies: `readPolicy` (what one says, in words), `policyProblems` (what is wrong with one, and where), `policyTestOutcomes`.
 * Before policy is asked: `notice` (Curator: is the capability retired) and `sagaProblem` (Conductor: may this tenant run this saga) of the compiled bundle.
 * In Smart City: `checkPolicy` and `sagaProblems` before a policy is accepted → `signBundle`.
 * Asked from outside: `answerAccess`, `searchAccess` (AuthZEN), `explainPolicy`. For what was decided before: `compileCandidate` → `redecide` per recorded intent; `discloseToTenant` for an auditor.
 *
 * The Cedar model (its schema stands in cedar-schema.ts):
 *   principal  User::"<tenant>/<user>"   in Tenant::"<tenant>"
 *              { id, tenant: Tenant, roles: Set<String>, kind: "person" | "service", auth }
 *              tags: the identity's attributes in the bundle, as texts
 *   action     Action::"submit" an intent; "replay" an execution of it; "hydrate": read what an execution of it made
 *   resource   Capability::"<intent type>"   in Realm::"<realm>"
 *              { name, realm, determinism }
 *   context    { classifications: Set<String>, references: Set<String>, session_user_id, own_session: Bool, own_targets: Bool,
 *                second_person: Bool (who asked for what is named is certainly somebody else), granted: Bool (a grant that holds covers what is asked) }
 *   Tenant     { id, status: "active" | "suspended" | "closed" }
 * An application's own things: Resource::"<type>/<id>" { type, id }, its properties tags; its actions have the names it gives them.
 * A policy may carry `@reason("…")`: the words a caller is given when it forbids.
 *
 * Invariants
 *   1. Three verdicts, always all three: security_guard (may this caller), city_manager (may this tenant), data_steward (may this data).
 *   2. Default deny: without a satisfied permit among a role's policies that role denies; without any policy everything is denied.
 *   3. Forbid wins over any number of permits.
 *   4. A policy that cannot be evaluated denies: an error is never read as "does not apply".
 *   5. A tenant the bundle does not hold, a disabled identity, and a service without an identity are denied whatever the policies say.
 *      So is data of a class that the bundle, where it lists classes, does not hold for the tenant, and data that a boundary withholds from the intent's realm, purpose and region.
 *   6. Roles of an identity in the bundle come from the bundle, never from the caller; only a trusted JWT issuer brings roles of its own.
 *   7. Slicing and memory change no decision: `evaluatePolicy` equals full evaluation over all policies (property-tested).
 *   8. A bundle counts only with a signature of a known key over the hash of its content, recomputed here.
 *   9. What a disclosed bundle shows is of the signed bundle, and its digests tell nothing of what it does not show.
 */
export { compileBundle, type CompiledBundle } from './compiled-bundle.js';
export { dataRulesOf, standingRanks, type DataRules, type FrozenBoundary } from './data-rules.js';
export { evaluatePolicy } from './policy-evaluation.js';
export { answerAccess, answeredAccess, askedCaller, refusedAccess, searchAccess, usersOf } from './access-questions.js';
export { explainPolicy, sameDecision } from './explanation.js';
export { classedFields, type ClassedField } from './classed-fields.js';
export { coveringGrants, type ExecutionTarget, type GrantTarget } from './grant-cover.js';
export { type JudgedCapability, type PolicyRequest } from './policy-request.js';
export { areAccepted, checkPolicy, cedarSchema, policyActions, type PolicyAction } from './cedar-schema.js';
export { readPublicKeys, readSigningKey, signingKeyVariable, type PublicKeys, type SigningKey } from './signing-keys.js';
export { readOfferedBundle, signBundle, verifySignedBundle } from './bundle-signature.js';
export { platformSteps, sagaProblems, type SagaProblem } from './saga-rules.js';
export { discloseToTenant, entriesForTenant, entriesOf, type Concern } from './disclosure.js';
export { diffBundles, changesBetween } from './bundle-diff.js';
export { policyTestOutcomes, runPolicyTests } from './policy-tests.js';
export { policyProblems } from './policy-problems.js';
export { readPolicy } from './policy-reading.js';
export { isPlatforms } from './changeable-lists.js';
export { changesBack, tryChanges, withChanges, type Tried } from './candidate-bundle.js';
export { readPolicyText } from './policy-files.js';
export { searchRegistry, type RealmHealth } from './registry-search.js';
export { barOf, compileCandidate, redecide, type Redecided, type Redecision } from './redecision.js';
export { notRedecided } from './not-redecided.js';
export { signHash, signStatement, type Signature } from './signed-statement.js';
export { apiKeyHash, apiKeyId, mintApiKey } from './api-key.js';
