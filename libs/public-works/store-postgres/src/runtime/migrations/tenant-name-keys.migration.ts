import type { Migration } from '../../provision.js';

/**
 * Keys that name data subjects in records, of tenants whose secret was changed: they outlive it, wrapped under the one in use. And keys of subjects may be wrapped anew; a
 * destroyed one stays destroyed.
 */
export const tenantNameKeysMigration: Migration = {
  name: 'TenantNameKeys1790000002500',
  up: async (run) => {
    await run(`create table tenant_name_keys (tenant_id text collate "C" not null, wrapped bytea not null, primary key (tenant_id))`);
    await run('alter table tenant_name_keys enable row level security, force row level security');
    await run(`create policy keeper_keeps on tenant_name_keys to symphainy_keeper using (tenant_id = (select current_setting('app.tenant', true))) with check (tenant_id = (select current_setting('app.tenant', true)))`);
    await run('grant select, insert on tenant_name_keys to symphainy_keeper');
    await run('grant update (wrapped) on tenant_name_keys to symphainy_keeper');
    await run(`create or replace function refuse_revival() returns trigger language plpgsql as $$
      begin
        if old.erased_at is not null or (new.erased_at is null and (new.wrapped is null or new.subject is distinct from old.subject)) then
          raise exception 'a subject key is made once and destroyed once' using errcode = 'insufficient_privilege';
        end if;
        return new;
      end $$`);
  },
};
