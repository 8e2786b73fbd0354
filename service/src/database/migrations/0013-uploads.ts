/** Papers that arrive in parts, and the key a paper's content is sealed with; without one it is from before papers were sealed. */
export const uploads: readonly string[] = [
  'alter table attachment add column key_id text',
  'alter table service_identity add column paper_key text',
  `create table upload (
    upload_id uuid primary key,
    device_id text not null references device,
    media_type text not null,
    sha256 text not null,
    total_bytes bigint not null check (total_bytes > 0),
    received_bytes bigint not null default 0 check (received_bytes <= total_bytes),
    complete boolean not null default false,
    created_at bigint not null,
    touched_at bigint not null
  )`,
  'create index upload_touched on upload (touched_at)',
  'create index upload_device on upload (device_id)',
  `create table upload_part (
    upload_id uuid not null references upload on delete cascade,
    at_offset bigint not null,
    key_id text not null,
    content bytea not null,
    primary key (upload_id, at_offset)
  )`,
]
