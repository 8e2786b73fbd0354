/** The feed tells of more than orders: `kind` says what a row's body is, `subject_id` what it is about. */
export const changeKinds: readonly string[] = [
  "alter table change_feed add column kind text not null default 'order'",
  'alter table change_feed add column subject_id text',
  'update change_feed set subject_id = order_id::text',
  'alter table change_feed alter column subject_id set not null',
  'alter table change_feed alter column order_id drop not null',
]
