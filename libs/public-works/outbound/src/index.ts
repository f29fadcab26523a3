/**
 * outbound: how a service that may speak with the outside does so without being turned against the inside.
 *
 * `checkTarget` refuses a URL by its text; `guardedLookup` and `guardedAddress` resolve a name for one connection and refuse it when any of its addresses is not public. Pairs that an operator
 * allows are reached over plain http and at any address.
 *
 * 1. The address that was checked is the one that is connected to.
 */
export { checkTarget, guardedLookup, type Refusal } from './guarded-target.js';
export { guardedAddress, isPublicAddress, parseAllowedTargets, type AllowedTargets } from './public-address.js';
