/**
 * For builds that serve while newer ones change the schema. Those from before 0004 write changes without a subject: it is the order's.
 * `schema_floor` names the oldest build that may still work; only a migration that takes something away raises it.
 */
export const olderBuilds: readonly string[] = [
  `create function change_feed_subject() returns trigger language plpgsql as
    'begin new.subject_id := new.order_id::text; return new; end'`,
  `create trigger change_feed_subject before insert on change_feed for each row
    when (new.subject_id is null) execute function change_feed_subject()`,
  `create table schema_floor (
    only_row boolean primary key default true check (only_row),
    oldest text not null
  )`,
]
