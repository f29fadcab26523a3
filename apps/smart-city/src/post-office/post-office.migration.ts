import type { Migration } from '@symphainy/store-postgres';
import { CITY_ROLE } from '../bundle/city-role.js';

/**
 * `post_position`: how far each writer's frames are taken. `deliveries`: an event for a subscription, until it is delivered and for a while after. Within
 * a stream `due_at` never falls as `position` rises, so the order of (due_at, position) is the order of delivery.
 */
export const postOfficeMigration: Migration = {
  name: 'PostOffice1790000100000',
  async up(run) {
    await run(`create table post_position (writer text primary key, n bigint not null)`);
    await run(`create table deliveries (
      subscription text not null, event_id text not null, position bigint generated always as identity, stream_id text not null, type text not null, event text not null,
      state text not null check (state in ('pending', 'delivered', 'dead')), attempts int not null default 0, due_at timestamptz not null, created_at timestamptz not null,
      changed_at timestamptz not null, status int, reason text, primary key (subscription, event_id))`);
    await run(`create index deliveries_due on deliveries (subscription, due_at, position) where state = 'pending'`);
    await run(`create index deliveries_stream on deliveries (subscription, stream_id, position) where state = 'pending'`);
    await run(`create index deliveries_ended on deliveries (subscription, state, changed_at) where state <> 'pending'`);
    await run(`create table redeliveries (subscription text primary key, asked_by uuid not null)`);
    await run(`grant select, insert, update, delete on post_position, deliveries, redeliveries to ${CITY_ROLE}`);
  },
};
