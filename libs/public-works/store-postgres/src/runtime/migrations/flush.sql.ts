/**
 * One flush: one statement, one transaction, doing fence, idempotency and frames. Element i of the arrays is frame i; they come sorted
 * by (tenant, stream, seq), so that two writers never wait for each other in a circle. Hashes and bodies are concatenated, because a
 * bytea parameter travels in binary while an array of bytea would travel as hex.
 *
 * Answers only what did not go well:
 *   (0, 'fenced')                           the lease row is not of this epoch any more: nothing was written
 *   (i, 'duplicate', winner, same request)  the frame's key belongs to another execution; no frame of its stream was written
 * The frames written get n = p_first_n, p_first_n + 1, … in order, without gaps.
 *
 * `flush` fails as a whole on a seq conflict or a bad row. `flush_carefully` then does the same frame by frame, adding
 *   (i, 'conflict')  the place is taken, or an earlier frame of the stream was not written
 *   (i, 'refused')   the row itself cannot be stored, with the database's reason
 */
const signature = `(p_writer uuid, p_epoch int, p_first_n bigint, p_tenants text,
    tenants text[], streams uuid[], seqs int[], kinds text[], ats timestamptz[], starts int[], sizes int[], hashes bytea, bodies bytea,
    idem_rows int[], idem_keys text[], idem_hashes bytea)
  returns table (i int, status text, winner uuid, same boolean, reason text) language plpgsql`;

const fence = `
    perform set_config('app.tenants', p_tenants, true);
    -- Shares the key with renewals, and makes a change of epoch wait until this flush is durable.
    perform 1 from runtime.wal_writers w where w.writer = p_writer and w.epoch = p_epoch for key share;
    if not found then
      return query select 0, 'fenced', null::uuid, null::boolean, null::text;
      return;
    end if;`;

const columns = `(tenant_id, stream_id, seq, kind, at, hash, body, writer, n)`;
const row = `f.tenant, f.stream, f.seq, f.kind, f.at, substring(hashes from 32 * (f.k::int - 1) + 1 for 32), substring(bodies from f.start for f.size), p_writer`;
const frames = `unnest(tenants, streams, seqs, kinds, ats, starts, sizes) with ordinality as f(tenant, stream, seq, kind, at, start, size, k)`;
const keys = `unnest(idem_rows, idem_keys) with ordinality as r(idx, key, k)`;

const flush = `create function flush ${signature} as $$
  #variable_conflict use_column
  declare
    losers int[];
  begin${fence}
    if idem_rows is not null then
      insert into runtime.idempotency (tenant_id, key, execution_id, request_hash)
        select tenants[r.idx], r.key, streams[r.idx], substring(idem_hashes from 32 * (r.k::int - 1) + 1 for 32)
        from ${keys} order by 1, 2, r.idx
        on conflict do nothing;
      -- A statement of its own, so it sees what a rival committed while the insert waited for it.
      -- An execution that already holds its key (its flush was in doubt, and is sent again) is no loser.
      select array_agg(r.idx) into losers
        from ${keys} join runtime.idempotency d on d.tenant_id = tenants[r.idx] and d.key = r.key
        where d.execution_id <> streams[r.idx];
    end if;
    if losers is null then
      insert into runtime.wal_frames ${columns} select ${row}, p_first_n + f.k - 1 from ${frames};
      return;
    end if;
    insert into runtime.wal_frames ${columns}
      select ${row}, p_first_n - 1 + row_number() over (order by f.k)
      from ${frames}
      where not exists (select from unnest(losers) l where streams[l] = f.stream and tenants[l] = f.tenant)
      order by f.k;
    return query
      select r.idx, 'duplicate', d.execution_id, d.request_hash = substring(idem_hashes from 32 * (r.k::int - 1) + 1 for 32), null::text
      from ${keys} join runtime.idempotency d on d.tenant_id = tenants[r.idx] and d.key = r.key
      where r.idx = any(losers);
  end $$`;

const flushCarefully = `create function flush_carefully ${signature} as $$
  #variable_conflict use_column
  declare
    place record;
    taken record;
    failed text[] := '{}';
    next_n bigint := p_first_n;
    idem int;
    cause text;
  begin${fence}
    for place in select f.*, f.tenant || ' ' || f.stream as name from ${frames} order by f.k loop
      if place.name = any(failed) then
        return query select place.k::int, 'conflict', null::uuid, null::boolean, null::text;
        continue;
      end if;
      begin
        idem := array_position(idem_rows, place.k::int);
        if idem is not null then
          insert into runtime.idempotency (tenant_id, key, execution_id, request_hash)
            values (place.tenant, idem_keys[idem], place.stream, substring(idem_hashes from 32 * (idem - 1) + 1 for 32))
            on conflict do nothing;
          select d.execution_id, d.request_hash = substring(idem_hashes from 32 * (idem - 1) + 1 for 32) as same into taken
            from runtime.idempotency d where d.tenant_id = place.tenant and d.key = idem_keys[idem];
          if taken.execution_id <> place.stream then
            failed := failed || place.name;
            return query select place.k::int, 'duplicate', taken.execution_id, taken.same, null::text;
            continue;
          end if;
        end if;
        insert into runtime.wal_frames ${columns}
          values (place.tenant, place.stream, place.seq, place.kind, place.at,
            substring(hashes from 32 * (place.k::int - 1) + 1 for 32), substring(bodies from place.start for place.size), p_writer, next_n);
        next_n := next_n + 1;
      exception
        when unique_violation then
          get stacked diagnostics cause = constraint_name;
          if cause = 'wal_frames_position' then raise; end if;
          failed := failed || place.name;
          return query select place.k::int, 'conflict', null::uuid, null::boolean, null::text;
        when data_exception or integrity_constraint_violation or program_limit_exceeded or insufficient_privilege then
          failed := failed || place.name;
          return query select place.k::int, 'refused', null::uuid, null::boolean, sqlerrm;
      end;
    end loop;
  end $$`;

export const flushFunctions: readonly string[] = [flush, flushCarefully];
