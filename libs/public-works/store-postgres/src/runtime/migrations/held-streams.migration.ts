import type { Migration } from '../../provision.js';

/** Streams that a writer has held unfinished for long: whoever takes it over finds them here, and everything else at its newest positions. */
export const heldStreamsMigration: Migration = {
  name: 'HeldStreams1790000000500',
  up: async (run) => {
    await run(`create table held_streams (
      writer uuid not null,
      tenant_id text collate "C" not null,
      stream_id uuid not null,
      primary key (writer, tenant_id, stream_id)
    )`);
    await run('alter table held_streams enable row level security, force row level security');
    await run('create policy adopter_names on held_streams for all to symphainy_adopter using (true) with check (true)');
    await run('grant select, insert, delete on held_streams to symphainy_adopter');
  },
};
