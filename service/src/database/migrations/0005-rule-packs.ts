/** Published rule packs with the keys that sign them. A pack is never changed or removed. */
export const rulePacks: readonly string[] = [
  `create table rule_key (
    key_id text primary key,
    x text not null,
    d text not null,
    endorsement text,
    created_at bigint not null
  )`,
  `create table rule_pack (
    pack_id text not null,
    version text not null,
    valid_from text not null,
    digest text not null unique,
    jws text not null,
    published_at bigint not null,
    publication bigint not null,
    primary key (pack_id, version)
  )`,
  // The one row is held while packs are published: publications follow each other, whichever process they come from.
  `create table rule_publication (
    only_row boolean primary key check (only_row),
    number bigint not null,
    set_digest text not null
  )`,
  `create function rule_pack_is_final() returns trigger language plpgsql as
    'begin raise exception ''a published rule pack never changes''; end'`,
  `create trigger rule_pack_is_final before update or delete on rule_pack
    for each row execute function rule_pack_is_final()`,
]
