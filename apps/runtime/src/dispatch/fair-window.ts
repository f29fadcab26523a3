/** What one tenant has at one realm. */
interface Share<T extends object> {
  readonly tenantId: string;
  out: number;
  /** Those that are out. */
  readonly holders: WeakSet<T>;
  /** In the order they came. */
  readonly waiting: Set<T>;
}

interface Realm<T extends object> {
  out: number;
  readonly shares: Map<string, Share<T>>;
  /** Tenants with something waiting, whose turn it is first. */
  turns: Share<T>[];
}

/** A tenant has so many out whatever the others do: one that fills the window with long work cannot keep another away. */
export const GUARANTEED = 16;

/**
 * How much is out at each realm at once. Up to `size` everything passes; beyond it tenants take turns, so that a flood of one tenant's
 * work delays another's by what is out, not by what waits.
 */
export class FairWindow<T extends object> {
  private readonly realms = new Map<string, Realm<T>>();

  constructor(private readonly size: number) {}

  /** True: it is out. False: it waits, and `leave` gives it back when it is its turn. */
  enter(realmName: string, tenantId: string, item: T): boolean {
    const realm = this.realmOf(realmName);
    const share = shareOf(realm, tenantId);
    if (share.waiting.size === 0 && this.hasRoom(realm, share)) {
      this.begin(realm, share, item);
      return true;
    }
    if (share.waiting.size === 0) realm.turns.push(share);
    share.waiting.add(item);
    return false;
  }

  /** `next` takes the place that `item` has. */
  passOn(realmName: string, tenantId: string, item: T, next: T): void {
    const holders = this.realms.get(realmName)?.shares.get(tenantId)?.holders;
    if (holders?.delete(item) === true) holders.add(next);
  }

  /** It is out, or waits, no longer; asking twice changes nothing. Returns whose turn it is now: they are out. */
  leave(realmName: string, tenantId: string, item: T): T[] {
    const realm = this.realms.get(realmName);
    const share = realm?.shares.get(tenantId);
    if (realm === undefined || share === undefined) return [];
    share.waiting.delete(item);
    if (share.holders.delete(item)) {
      share.out--;
      realm.out--;
    }
    const next = realm.turns.length === 0 ? [] : this.pass(realm);
    if (share.out === 0 && share.waiting.size === 0) realm.shares.delete(tenantId);
    return next;
  }

  private pass(realm: Realm<T>): T[] {
    const passed: T[] = [];
    for (let blocked = 0; blocked < realm.turns.length; ) {
      const share = realm.turns.shift()!;
      const [first] = share.waiting;
      if (first === undefined) continue;
      if (!this.hasRoom(realm, share)) {
        blocked++;
        realm.turns.push(share);
        continue;
      }
      blocked = 0;
      share.waiting.delete(first);
      this.begin(realm, share, first);
      passed.push(first);
      if (share.waiting.size > 0) realm.turns.push(share);
    }
    return passed;
  }

  private hasRoom(realm: Realm<T>, share: Share<T>): boolean {
    return realm.out < this.size || share.out < GUARANTEED;
  }

  private begin(realm: Realm<T>, share: Share<T>, item: T): void {
    share.holders.add(item);
    share.out++;
    realm.out++;
  }

  private realmOf(name: string): Realm<T> {
    let realm = this.realms.get(name);
    if (realm === undefined) this.realms.set(name, (realm = { out: 0, shares: new Map(), turns: [] }));
    return realm;
  }
}

function shareOf<T extends object>(realm: Realm<T>, tenantId: string): Share<T> {
  let share = realm.shares.get(tenantId);
  if (share === undefined) realm.shares.set(tenantId, (share = { tenantId, out: 0, holders: new WeakSet(), waiting: new Set() }));
  return share;
}
