import { subjectFor } from '@symphainy/contracts';
import type { Attack, Attempt } from './attempt.js';
import { probe } from './bus.attack.js';
import { HOSTILE } from './hostile-realm.js';
import type { Target } from './target.js';
import { ended } from './target.js';

const JUNK: readonly [string, string][] = [
  ['bytes that are no JSON', '\u0000\u0001{'],
  ['JSON cut short', '{"token":"x","attempt":{'],
  ['null', 'null'],
  ['a list', '[{}]'],
  ['a text', '"token"'],
  ['nesting of 10,000', `${'{"request":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['a prototype key', '{"__proto__":{"token":"x","attempt":{},"service":"runtime"}}'],
  ['numbers for texts', '{"token":1,"attempt":2,"tool":3,"reference":4,"service":5,"instance":6}'],
  ['900 kB in one member', `{"token":"${'x'.repeat(900_000)}"}`],
];

/** What a realm may ask and say, in its own name. */
const ASKED = [
  ['runtime', subjectFor('runtime.hydrate', {})],
  ['runtime', subjectFor('runtime.tool.invoke', {})],
  ['runtime', subjectFor('runtime.object.grant', {})],
  ['smart-city', subjectFor('smart-city.register.{service}.{realm}', { service: HOSTILE.name, realm: HOSTILE.realm })],
] as const;
const SAID = subjectFor('smart-city.health.{service}', { service: HOSTILE.name });
const NO_OUTCOME = /an outcome does not fit its contract/;
const REFUSALS = new Set(['request.malformed', 'request.invalid']);

/** Messages that no contract allows, on every subject that a realm may use: refused before anything looks into them, and told. */
export const messageAttack: Attack = {
  name: 'messages',
  guard: 'message contracts',
  run: async (target) => [...(await asking(target)), ...(await saying(target)), await outcome(target)],
};

const toldBy = ({ trail }: Target, service: string): number => trail.count(service, /a message does not fit its contract/);

async function asking(target: Target): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const all = ASKED.flatMap(([service, subject]) => JUNK.map(([what, data]) => ({ service, subject, what, data })));
  for (const { service, subject, what, data } of target.choice.of(all, 12)) {
    const before = toldBy(target, service);
    const { refused, ok } = await target.realm.askRaw(subject, data);
    const well = refused !== undefined && REFUSALS.has(refused);
    attempts.push({ name: `${what} to ${subject}`, got: well ? undefined : `${refused ?? JSON.stringify(ok)}`.slice(0, 200), recorded: () => toldBy(target, service) > before });
  }
  return attempts;
}

/** Nobody answers: what came of it is seen by what the platform says, and by its being there. */
async function saying(target: Target): Promise<Attempt[]> {
  const sent = target.choice.of(JUNK, 4);
  const before = toldBy(target, 'smart-city');
  for (const [, data] of sent) target.realm.publish(SAID, data);
  await target.realm.flush();
  const { status } = await target.as('admin').call('POST', '/v1/governance/list_health', { tenant_id: 'platform' });
  return [{ name: `${sent.length} malformed messages to ${SAID}`, got: status === 200 ? undefined : `Smart City answers ${status}`, recorded: () => toldBy(target, 'smart-city') >= before + sent.length }];
}

/** Of its own step: what is no outcome ends the attempt as a failure of the realm's, and as nothing else. */
async function outcome(target: Target): Promise<Attempt> {
  const executionId = await probe(target);
  const held = await target.realm.stepOf(executionId);
  const before = target.trail.count('runtime', NO_OUTCOME);
  for (const [, data] of target.choice.of(JUNK, JUNK.length)) target.realm.publish(held.reply, data);
  await target.realm.flush();
  const end = await ended(target.as('alice'), executionId);
  const { body } = await target.as('alice').call('GET', `/v1/executions/${executionId}`);
  const { code } = (body['error'] ?? {}) as { readonly code?: string };
  const got = end === 'failed' && code === 'step.result_invalid' ? undefined : `the execution ${end}, ${code ?? 'without an error'}`;
  return { name: `${JUNK.length} malformed outcomes of its own step`, got, recorded: () => target.trail.count('runtime', NO_OUTCOME) > before };
}
