import type { Caller } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';
import type { Sessions } from '../acceptance/sessions.js';

const CALLERS_MAX = 10_000;

/** Sessions that this instance opens for callers who come without one: operators, and the service identities of schedules. One per caller and purpose, while it is open. */
export class CallerSessions {
  private readonly opened = new LRUCache<string, Promise<string>>({ maxSize: CALLERS_MAX, sizeCalculation: () => 1 });

  constructor(private readonly sessions: Pick<Sessions, 'create' | 'own'>) {}

  /** The caller's open session for this purpose: the one opened before, unless its user closed it. */
  async open(caller: Caller, context: { readonly purpose: string } & { readonly [key: string]: Json }): Promise<string> {
    const key = `${caller.tenant_id}/${caller.user_id}/${context.purpose}`;
    const known = await this.opened.get(key);
    if (known !== undefined && (await this.sessions.own(caller, known, `open ${context.purpose} in`)).closed_at === undefined) return known;
    const opening = this.sessions.create({ caller, context }).then((session) => session.session_id);
    this.opened.set(key, opening);
    opening.catch(() => this.opened.delete(key));
    return opening;
  }
}
