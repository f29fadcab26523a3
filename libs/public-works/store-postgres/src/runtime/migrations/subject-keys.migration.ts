import type { Migration } from '../../provision.js';

/**
 * Keys of data subjects: what is personal in the log and the object store is sealed under them. One living key a subject; a destroyed one keeps its row, without key and
 * subject, so that what it sealed is known to be erased and not merely unreadable.
 */
export const subjectKeysMigration: Migration = {
  name: 'SubjectKeys1790000001900',
  up: async (run) => {
    await run(`create table subject_keys (
      tenant_id text collate "C" not null,
      key_id uuid not null,
      subject text collate "C",
      wrapped bytea,
      created_at timestamptz(3) not null default now(),
      erased_at timestamptz(3),
      erased_by uuid,
      primary key (tenant_id, key_id),
      constraint subject_keys_subject_key unique (tenant_id, subject),
      constraint subject_keys_check check ((wrapped is null) = (erased_at is not null) and (subject is null) = (erased_at is not null))
    )`);
    await run('alter table subject_keys enable row level security, force row level security');
    await run(`create policy keeper_keeps on subject_keys to symphainy_keeper using (tenant_id = (select current_setting('app.tenant', true))) with check (tenant_id = (select current_setting('app.tenant', true)))`);
    await run('grant usage on schema runtime to symphainy_keeper');
    await run('grant select, insert on subject_keys to symphainy_keeper');
    await run('grant update (subject, wrapped, erased_at, erased_by) on subject_keys to symphainy_keeper');
    // What was destroyed stays so.
    await run(`create function refuse_revival() returns trigger language plpgsql as $$
      begin
        if old.erased_at is not null or new.erased_at is null then
          raise exception 'a subject key is made once and destroyed once' using errcode = 'insufficient_privilege';
        end if;
        return new;
      end $$`);
    await run('create trigger destroyed_stays before update on subject_keys for each row execute function refuse_revival()');
    await run('revoke execute on function refuse_revival from public');
  },
};
