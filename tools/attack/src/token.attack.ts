import { type AttemptRef, subjectFor } from '@symphainy/contracts';
import type { Attack, Attempt } from './attempt.js';
import { probe } from './bus.attack.js';
import type { Target } from './target.js';

/** Hydration and tools with tokens that are forged, expired, of the past, of another attempt, execution or tenant; and a good token for what it does not cover. */
export const tokenAttack: Attack = {
  name: 'tokens',
  guard: 'execution tokens',
  async run(target) {
    const { realm, prey, choice } = target;
    const past = await realm.stepOf(await probe(target));
    await realm.finish(past);
    const executionId = await probe(target);
    const { dispatch } = await realm.stepOf(executionId);
    const { token, attempt } = dispatch;
    await until(async () => (await realm.hydrate(past.dispatch.token, past.dispatch.attempt, prey.reference)).refused !== undefined);
    const [writer, expiry, mac] = token.split('.') as [string, string, string];
    const earlier = (Number.parseInt(expiry, 36) - 3_600_000).toString(36);
    const later = (Number.parseInt(expiry, 36) + 3_600_000).toString(36);
    const tokens: [string, string, AttemptRef][] = [
      ['no token', '', attempt],
      ['a forged MAC', `${writer}.${expiry}.${choice.text(mac.length, '0123456789abcdef')}`, attempt],
      ['a MAC cut short', `${writer}.${expiry}.`, attempt],
      ['an expiry moved forward', `${writer}.${later}.${mac}`, attempt],
      ['an expired token', `${writer}.${earlier}.${mac}`, attempt],
      ['a token of a step that is over', past.dispatch.token, past.dispatch.attempt],
      ['a token of another execution', past.dispatch.token, attempt],
      ['another attempt', token, { ...attempt, attempt: attempt.attempt + 1 }],
      ['another step', token, { ...attempt, step: 'other' }],
      ['another epoch', token, { ...attempt, epoch: attempt.epoch + 1 }],
      ['another execution', token, { ...attempt, execution_id: prey.executionId }],
      ['another tenant', token, { ...attempt, tenant_id: 'globex' }],
    ];
    const attempts: Attempt[] = [];
    for (const [how, given, claimed] of choice.of(tokens, 4)) {
      attempts.push(await refusedBy(target, `hydrate with ${how}`, () => realm.hydrate(given, claimed, prey.reference)));
      attempts.push(await refusedBy(target, `use a tool with ${how}`, () => realm.ask(subjectFor('runtime.tool.invoke', {}), { token: given, attempt: claimed, tool: 'session.artifacts', request: {} })));
      attempts.push(await refusedBy(target, `write an object with ${how}`, () => realm.ask(subjectFor('runtime.object.grant', {}), { token: given, attempt: claimed, media_type: 'text/plain' })));
    }
    attempts.push(await refusedBy(target, 'a good token: a reference its payload does not name', () => realm.hydrate(token, attempt, prey.otherReference)));
    attempts.push(await refusedBy(target, 'a good token: a reference that does not exist', () => realm.hydrate(token, attempt, `${executionId}/hold/nothing`)));
    attempts.push(await refusedBy(target, 'a good token: a tool its capability does not have', () => realm.ask(subjectFor('runtime.tool.invoke', {}), { token, attempt, tool: 'session.artifacts', request: {} })));
    return attempts;
  },
};

async function refusedBy({ trail, as }: Target, name: string, attack: () => ReturnType<Target['realm']['ask']>): Promise<Attempt> {
  const readers = [as('alice'), as('gina')];
  const count = async (): Promise<number> => (await Promise.all(readers.map((reader) => trail.countSeenBy(reader)))).reduce((a, b) => a + b, 0);
  const before = await count();
  const { refused, ok } = await attack();
  return { name, got: refused === undefined ? JSON.stringify(ok).slice(0, 200) : undefined, recorded: async () => (await count()) > before };
}

const UNTIL_LIMIT_MS = 20_000;

/** Or until it is plain that it will not be: what follows tells. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + UNTIL_LIMIT_MS; performance.now() < end && !(await holds()); ) await new Promise((resolve) => setTimeout(resolve, 50));
}
