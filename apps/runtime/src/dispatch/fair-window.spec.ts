import { FairWindow, GUARANTEED } from './fair-window.js';

/** A window at one realm, with what is out of it in the order it went. */
function windowOf(size: number): { went: string[]; enter: (...names: string[]) => void; leave: (name: string) => void } {
  const window = new FairWindow<{ readonly name: string }>(size);
  const went: string[] = [];
  const tenantOf = (name: string): string => name.slice(0, 1);
  const items = new Map<string, { readonly name: string }>();
  const itemOf = (name: string): { readonly name: string } => items.get(name) ?? items.set(name, { name }).get(name)!;
  return {
    went,
    enter: (...names) => names.forEach((name) => window.enter('realm', tenantOf(name), itemOf(name)) && went.push(name)),
    leave: (name) => void went.push(...window.leave('realm', tenantOf(name), itemOf(name)).map((item) => item.name)),
  };
}
const many = (tenant: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${tenant}${i}`);

describe('fair window', () => {
  it('room - everything goes at once, in its order', () => {
    const { went, enter } = windowOf(100);
    enter(...many('a', 100));
    expect(went).toEqual(many('a', 100));
  });

  it('a flood - another tenant’s first work goes at once, however much waits', () => {
    const { went, enter } = windowOf(50);
    enter(...many('a', 1000), ...many('b', 20));
    expect(went.filter((item) => item.startsWith('a'))).toHaveLength(50);
    expect(went.filter((item) => item.startsWith('b'))).toHaveLength(GUARANTEED);
  });

  it('beyond the window - tenants take turns for each place that gets free', () => {
    const { went, enter, leave } = windowOf(40);
    enter(...many('a', 100), ...many('b', 100));
    const before = went.length;
    for (const item of went.slice(0, before)) leave(item);
    const turns = went.slice(before).map((item) => item.slice(0, 1));
    expect(turns.filter((tenant) => tenant === 'b').length).toBeGreaterThanOrEqual(0.4 * turns.length);
  });

  it('what is given up while it waits - never goes, and what is given up twice frees one place', () => {
    const { went, enter, leave } = windowOf(20);
    enter(...many('a', 23));
    leave('a20');
    leave('a0');
    leave('a0');
    expect(went.slice(20)).toEqual(['a21']);
    leave('a1');
    expect(went.slice(20)).toEqual(['a21', 'a22']);
  });

  it('another realm - is not held up', () => {
    const window = new FairWindow<object>(1);
    for (let i = 0; i < 100; i++) window.enter('slow', 'a', {});
    expect(window.enter('quick', 'a', {})).toBe(true);
  });
});
