/**
 * A policy as an English sentence, for people who do not read Cedar. What the words do not cover is said to stand in the text: nothing is left out silently.
 */
import type { ActionConstraint, EntityUidJson, PolicyJson, PrincipalConstraint, ResourceConstraint } from '@cedar-policy/cedar-wasm/nodejs';
import { conditionInWords } from './condition-words.js';
import { entityInWords, type Uid } from './entity-words.js';

export function policyInWords({ effect, principal, action, resource, conditions }: PolicyJson): string {
  const scope = `${effect === 'permit' ? 'Permits' : 'Forbids'} ${whoInWords(principal)} to ${actionInWords(action, objectInWords(resource))}`;
  return `${scope}${conditions.map(({ kind, body }) => `, ${kind} ${conditionInWords(body)}`).join('')}.`;
}

const uidOf = (uid: EntityUidJson): Uid => ('__entity' in uid ? uid.__entity : uid);

function whoInWords(scope: PrincipalConstraint): string {
  if (scope.op === '==' && 'entity' in scope) return entityInWords(uidOf(scope.entity));
  if (scope.op === 'in' && 'entity' in scope) return anybodyOf(uidOf(scope.entity));
  if (scope.op === 'is' && scope.in && 'entity' in scope.in) return anybodyOf(uidOf(scope.in.entity));
  return 'anybody';
}

const anybodyOf = (uid: Uid): string => (uid.type === 'Tenant' ? `anybody of ${uid.id}` : `anybody of ${entityInWords(uid)}`);

function objectInWords(scope: ResourceConstraint): string {
  if (scope.op === '==' && 'entity' in scope) return entityInWords(uidOf(scope.entity));
  if (scope.op === 'in' && 'entity' in scope) return `anything of ${entityInWords(uidOf(scope.entity))}`;
  if (scope.op === 'is') return scope.entity_type === 'Resource' ? 'things of applications' : 'any intent';
  return 'any intent';
}

function actionInWords(scope: ActionConstraint, object: string): string {
  const named = scope.op === '==' ? ('entity' in scope ? [scope.entity] : []) : scope.op === 'in' ? ('entities' in scope ? scope.entities : [scope.entity]) : [];
  const ids = named.map((uid) => uidOf(uid).id);
  const parts = (ids.length === 0 ? ['submit', 'replay', 'hydrate'] : ids).map((id) => VERBS[id]?.(object) ?? `do “${id}” to ${object}`);
  return parts.length < 3 ? parts.join(' and to ') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

const VERBS: Readonly<Record<string, (object: string) => string>> = {
  submit: (object) => `submit ${object}`,
  replay: (object) => `replay ${object}`,
  hydrate: (object) => `read what ${object} made`,
};
