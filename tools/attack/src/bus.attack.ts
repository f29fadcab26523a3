import { connectNats } from '@symphainy/bus-nats';
import { type Plane, patternFor, subjects, type Subject, type SubjectEntry } from '@symphainy/contracts';
import { silentLogger } from '@symphainy/kernel';
import type { Bus } from '@symphainy/ports';
import type { Attack, Attempt } from './attempt.js';
import { HOSTILE, PROBE } from './hostile-realm.js';
import type { Target } from './target.js';
import { ended } from './target.js';

/** Who hears what is sent to each plane. */
const LISTENERS: Readonly<Record<Plane, string>> = { gateway: 'experience-gateway', runtime: 'runtime', realm: 'realm-insights', 'smart-city': 'smart-city' };
const SNOOPED = ['>', '*.>', 'runtime.>', 'events.>', 'events.*.*.*', 'realm.*.*.step', 'realm.insights.*.step', 'governance.*.step', 'gateway.keys.push', '_INBOX_runtime.>', '_INBOX_experience-gateway.>', '_INBOX_smart-city.>', '_INBOX_realm-insights.>', '_INBOX.>', '$SYS.>'];

/** A subject as somebody else would say it: another service, another realm. */
const foreign = (subject: string): string => subject.replace('{realm}', 'insights').replace('{service}', 'experience-gateway').replace(/\{\w+\}/g, 'acme');
/** Subscribers' own subjects belong to no service. */
const isService = (consumer: string): consumer is Plane => Object.hasOwn(LISTENERS, consumer);
const realmMaySay = ({ publisher }: SubjectEntry, subject: string): boolean => publisher.includes('realm') && !subject.includes('{service}');

/** The hostile realm publishes on every subject of the catalogue that is not its own, and subscribes to what others hear. */
export const busAttack: Attack = {
  name: 'subjects of others',
  guard: 'bus permissions',
  run: async (target) => [...(await publishing(target)), ...(await snooping(target))],
};

async function publishing(target: Target): Promise<Attempt[]> {
  const entries = Object.entries(subjects as Record<string, SubjectEntry>).filter(([subject, entry]) => isService(entry.consumer) && !realmMaySay(entry, subject));
  const heard = new Set<string>();
  const listeners = await listen(target, entries, heard);
  for (const [subject] of entries) target.realm.publish(foreign(subject), '{}');
  await target.realm.flush();
  for (const bus of listeners) await bus.flush();
  await Promise.all(listeners.map((bus) => bus.drain()));
  return entries.map(([subject]) => ({
    name: `publish ${foreign(subject)}`,
    got: heard.has(foreign(subject)) ? 'the message was delivered' : undefined,
    recorded: (trail) => trail.tells('nats', 'Publish Violation', `"${foreign(subject)}"`),
  }));
}

async function listen(target: Target, entries: readonly [string, SubjectEntry][], heard: Set<string>): Promise<Bus[]> {
  const planes = [...new Set(entries.map(([, { consumer }]) => consumer).filter(isService))];
  return Promise.all(planes.map(async (plane) => {
    const service = LISTENERS[plane];
    const bus = await connectNats({ ...target.stack.busAccess(service), name: `${service} listens`, logger: silentLogger });
    for (const [subject] of entries.filter(([, { consumer }]) => consumer === plane)) {
      const pattern = patternFor(subject as Subject, (plane === 'realm' ? { realm: 'insights' } : {}) as never);
      bus.subscribe(pattern, (message) => message.data.length === 2 && void heard.add(message.subject));
    }
    await bus.flush();
    return bus;
  }));
}

async function snooping(target: Target): Promise<Attempt[]> {
  const overheard = new Map<string, number>();
  for (const pattern of SNOOPED) await target.realm.subscribe(pattern, ({ subject }) => !subject.startsWith(`_INBOX_${HOSTILE.name}.`) && !subject.startsWith(`realm.${HOSTILE.realm}.`) && void overheard.set(pattern, (overheard.get(pattern) ?? 0) + 1));
  // Somebody works meanwhile, so that there is something to hear.
  const alice = target.as('alice');
  const { body } = await alice.call('POST', '/v1/intents', { session_id: target.prey.sessionId, intent_type: 'content.ingest', payload: { source: target.prey.reference } });
  await ended(alice, String(body['execution_id']));
  await target.realm.flush();
  return SNOOPED.map((pattern) => ({
    name: `subscribe ${pattern}`,
    got: overheard.has(pattern) ? `${overheard.get(pattern)} messages` : undefined,
    recorded: (trail) => trail.tells('nats', 'Subscription Violation', `"${pattern}"`),
  }));
}

/** Outcomes of steps that were sent to somebody else: their names are what protects them, and an attacker counts, guesses and repeats. */
export const outcomeAttack: Attack = {
  name: 'outcomes of others',
  guard: 'execution tokens',
  async run(target) {
    const alice = target.as('alice');
    const { reply } = await target.realm.stepOf(await probe(target));
    const dropped = await droppedSeenBy(target);
    const own = reply.slice(reply.lastIndexOf('.') + 1);
    const stem = reply.slice(0, reply.lastIndexOf('.'));
    const { body } = await alice.call('POST', '/v1/intents', { session_id: target.prey.sessionId, intent_type: 'content.ingest', payload: { source: target.prey.otherReference } });
    const made = Array.from({ length: 100 }, () => target.choice.text(own.length, 'abcdefghijklmnopqrstuvwxyz0123456789'));
    const guesses = [...Array.from({ length: 200 }, (_, i) => (i + 1).toString(36)), ...made, own.slice(0, -1), `${own}0`, '0', 'a'.repeat(36)];
    for (const guess of guesses) target.realm.publish(`${stem}.${guess}`, '{}');
    await target.realm.flush();
    const status = await ended(alice, String(body['execution_id']));
    return [{
      name: `${guesses.length} guessed names of steps that are out`,
      got: status === 'completed' ? undefined : `a foreign execution ${status}`,
      recorded: async () => (await droppedSeenBy(target)) >= dropped + guesses.length,
    }];
  },
};

/** Has the Runtime send the hostile realm a step of acme's. */
export async function probe({ as, prey }: Target): Promise<string> {
  const { status, body } = await as('alice').call('POST', '/v1/intents', { session_id: prey.sessionId, intent_type: PROBE, payload: { source: prey.reference } });
  if (status !== 202) throw new Error(`the probe was not accepted: ${JSON.stringify(body)}`);
  return String(body['execution_id']);
}

/** Outcomes that nobody waits for are dropped and counted. */
async function droppedSeenBy({ as }: Target): Promise<number> {
  const { body } = await as('alice').call('GET', '/v1/metrics');
  return (body['dispatch'] as { outcomes_dropped: number }).outcomes_dropped;
}
