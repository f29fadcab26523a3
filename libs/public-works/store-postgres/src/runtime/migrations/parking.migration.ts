import type { Migration } from '../../provision.js';

/**
 * Executions that sleep: no runtime holds them in memory. `seq` is the stream's last frame when it went to sleep: a row whose stream went
 * on without it is stale. Whoever claims a row pushes its `due_at` away, so that the row of a claimer that died falls due again.
 */
const table = [
  `create table parked (
    tenant_id text collate "C" not null,
    stream_id uuid not null,
    seq integer not null check (seq >= 0),
    due_at timestamptz(3),
    reason text collate "C" not null,
    session_id uuid not null,
    writer uuid not null,
    epoch integer not null,
    parked_at timestamptz(3) not null default now(),
    primary key (tenant_id, stream_id)
  ) with (fillfactor = 80)`,
  `create index parked_due on parked (due_at) where due_at is not null`,
];

const isolation = [
  `alter table parked enable row level security, force row level security`,
  `create policy writer_parks on parked for all to symphainy_writer
    using (tenant_id = any((select string_to_array(current_setting('app.tenants', true), ','))::text[]))
    with check (tenant_id = any((select string_to_array(current_setting('app.tenants', true), ','))::text[]))`,
  `create policy adopter_claims on parked for all to symphainy_adopter using (true) with check (true)`,
  `create policy reader_reads on parked for select to symphainy_reader using (tenant_id = (select current_setting('app.tenant', true)))`,
];

/**
 * A flush some of whose frames park their execution, bring one back, or wake another: `flush` (or `flush_carefully`), and in the same
 * transaction the parked rows. Batches without such frames go on calling `flush`, and pay nothing for this.
 *
 * Of the frames of one stream the last one counts, and only frames that were written do. Rows are locked in the order of their key before
 * they are changed, so that two writers never wait for each other in a circle.
 */
const flushParking = `create function flush_parking(p_careful boolean, p_writer uuid, p_epoch int, p_first_n bigint, p_tenants text,
    tenants text[], streams uuid[], seqs int[], kinds text[], ats timestamptz[], starts int[], sizes int[], hashes bytea, bodies bytea,
    idem_rows int[], idem_keys text[], idem_hashes bytea,
    park_rows int[], park_dues timestamptz[], park_reasons text[], park_sessions uuid[], unpark_rows int[], wake_rows int[], wake_streams uuid[])
  returns table (i int, status text, winner uuid, same boolean, reason text) language plpgsql as $$
  #variable_conflict use_column
  declare
    a_i int[]; a_status text[]; a_winner uuid[]; a_same boolean[]; a_reason text[];
    written int[];
  begin
    if p_careful then
      select array_agg(a.i), array_agg(a.status), array_agg(a.winner), array_agg(a.same), array_agg(a.reason) into a_i, a_status, a_winner, a_same, a_reason
        from runtime.flush_carefully(p_writer, p_epoch, p_first_n, p_tenants, tenants, streams, seqs, kinds, ats, starts, sizes, hashes, bodies, idem_rows, idem_keys, idem_hashes) a;
    else
      select array_agg(a.i), array_agg(a.status), array_agg(a.winner), array_agg(a.same), array_agg(a.reason) into a_i, a_status, a_winner, a_same, a_reason
        from runtime.flush(p_writer, p_epoch, p_first_n, p_tenants, tenants, streams, seqs, kinds, ats, starts, sizes, hashes, bodies, idem_rows, idem_keys, idem_hashes) a;
    end if;
    if a_i is not null then
      return query select * from unnest(a_i, a_status, a_winner, a_same, a_reason);
      if a_status[1] = 'fenced' then
        return;
      end if;
    end if;

    -- An answered frame takes those of its stream that come after it along.
    select coalesce(array_agg(k), '{}') into written from generate_subscripts(streams, 1) k
      where not exists (select from unnest(a_i) l where l <= k and streams[l] = streams[k] and tenants[l] = tenants[k]);

    perform 1 from runtime.parked p
      where (p.tenant_id, p.stream_id) in (
        select tenants[r], streams[r] from unnest(park_rows || unpark_rows) r
        union select tenants[w.r], w.stream from unnest(wake_rows, wake_streams) w(r, stream))
      order by p.tenant_id, p.stream_id for update;

    with asked as (
      select r, k from unnest(park_rows) with ordinality p(r, k) union all select r, null from unnest(unpark_rows) u(r)
    ), last as (
      select distinct on (tenants[r], streams[r]) r, k from asked where r = any(written) order by tenants[r], streams[r], r desc, k nulls last
    ), gone as (
      delete from runtime.parked p using last where last.k is null and p.tenant_id = tenants[last.r] and p.stream_id = streams[last.r]
    )
    insert into runtime.parked as p (tenant_id, stream_id, seq, due_at, reason, session_id, writer, epoch)
      select tenants[r], streams[r], seqs[r], park_dues[k], park_reasons[k], park_sessions[k], p_writer, p_epoch from last where k is not null
      on conflict (tenant_id, stream_id) do update
        set seq = excluded.seq, due_at = excluded.due_at, reason = excluded.reason, writer = excluded.writer, epoch = excluded.epoch, parked_at = excluded.parked_at;

    update runtime.parked p set due_at = ats[w.r]
      from unnest(wake_rows, wake_streams) w(r, stream)
      where w.r = any(written) and p.tenant_id = tenants[w.r] and p.stream_id = w.stream and (p.due_at is null or p.due_at > ats[w.r]);
  end $$`;

const grants = [
  `grant select, insert, update, delete on parked to symphainy_writer, symphainy_adopter`,
  `grant select on parked to symphainy_reader`,
  `revoke execute on function flush_parking from public`,
  `grant execute on function flush_parking to symphainy_writer`,
];

export const parkingMigration: Migration = {
  name: 'Parking1790000000200',
  up: async (run) => {
    for (const statement of [...table, ...isolation, flushParking, ...grants]) await run(statement);
  },
};
