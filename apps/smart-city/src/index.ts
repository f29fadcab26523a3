/**
 * smart-city: the governor. It decides how execution is allowed, and executes nothing but the recording of its own changes.
 *
 * One folder per role that has work: city-manager (bootstrap, registration desk, tenants), security-guard (identities, keys, policies),
 * curator (capabilities), data-steward (boundaries), post-office (subscriptions and deliveries), nurse (health, findings, healing, escalation); and bundle/ (the catalogue, the feed it is projected from, the signed
 * bundle).
 *
 * What it stores: the schema `smart_city` in Postgres: catalogue entries as canonical JSON, what declarations last said, offers of realms
 * that are not recorded yet, the position applied of the Runtime's governance records, and every bundle ever signed. With the declarations
 * the catalogue is rebuildable from the log: empty catalogue, declared and feed_position, set the Runtime's follower `smart-city` back, and
 * start again; bundle versions go on rising.
 *
 * How a change comes to govern: intent `governance.*` → Runtime (policy, log) → step here → recorded state changes → `smart-city.records`
 * → catalogue → new bundle version, signed → every runtime (`runtime.bundle.push`) and gateway (`gateway.keys.push`).
 *
 * Invariants
 *   1. The catalogue changes by recorded governance intents and by declarations at boot, by nothing else.
 *   2. Catalogue, applied position and the bundle made of them are committed together; what is pushed is committed.
 *   3. A bundle's version only rises, and a version has one content. Content that stays the same makes no version.
 *   4. What cannot be compiled is not signed.
 *   5. A realm registers capabilities of its own name, or shared ones (`cross_realm.*`, `solution.*`) that no other realm holds; a version names one content.
 *   6. Keys are known by their hashes only.
 */
export { smartCityService } from './smart-city.module.js';
/** For the scorecard, which measures how names are mapped onto them. */
export { canonicalModels } from './librarian/models/models.js';
