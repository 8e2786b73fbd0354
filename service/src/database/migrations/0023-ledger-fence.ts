/**
 * A day is shut for postings before its statements are worked out, in a transaction of its own: whoever takes in payments waits for that
 * moment only and not for the statements of a whole country. The fence never goes back, and goes along when an older build closes a day.
 */
export const ledgerFence: readonly string[] = [
  `create table ledger_fence (
    only_row boolean primary key default true check (only_row),
    day text not null check (day ~ '^\\d{4}-\\d{2}-\\d{2}$')
  )`,
  'insert into ledger_fence (day) select max(day) from ledger_closing having count(*) > 0',
  `create function ledger_fence_only_forward() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' or new.day < old.day then
        raise exception 'the ledger is append-only: % of % refused', tg_op, tg_table_name using errcode = 'restrict_violation';
      end if;
      return new;
    end $$`,
  `create trigger ledger_fence_only_forward before update or delete on ledger_fence
    for each row execute function ledger_fence_only_forward()`,
  `create trigger ledger_fence_no_truncate before truncate on ledger_fence
    for each statement execute function ledger_is_append_only()`,
  `create function ledger_fence_follows() returns trigger language plpgsql as $$
    begin
      insert into ledger_fence (day) values (new.day)
        on conflict (only_row) do update set day = excluded.day where ledger_fence.day < excluded.day;
      return null;
    end $$`,
  'create trigger ledger_fence_follows after insert on ledger_closing for each row execute function ledger_fence_follows()',
  `create or replace function ledger_open_day() returns trigger language plpgsql as $$
    declare shut text;
    begin
      perform pg_advisory_xact_lock_shared(7401001);
      select day into shut from ledger_fence;
      if shut is not null and new.day <= shut then
        new.day := to_char(shut::date + 1, 'YYYY-MM-DD');
      end if;
      return new;
    end $$`,
]
