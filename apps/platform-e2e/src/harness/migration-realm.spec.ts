import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { migrationRealm } from './migration-realm.js';

const children = { 'migration.tell': () => ({ told: 3 }) };

describe('the realm that the guide shows', () => {
  it('a whole saga - runs in the test bed as the guide says', async () => {
    const run = await testBed(migrationRealm, { children }).attempt('migration.move', { policies: 3 });
    expect(run.output).toEqual({ closed: true });
    expect(run.previews).toEqual({ book: { books: 3 } });
  });

  it('a saga that fails at last - is undone, the booking before the policies', async () => {
    const run = await testBed(migrationRealm, { children }).attempt('migration.move', { policies: 25, fail_at_last: true });
    expect([run.error?.code, ...run.compensated]).toEqual(['content.corrupt', 'book', 'move', 'move', 'move']);
  });
});

realmConformance(migrationRealm, [{ intent: 'migration.move', payload: { policies: 3 }, bed: { children } }]);
