/**
 * What anybody may cause to be written grows old: a failure is dated, so that it can be forgotten, and the same answer to the same question is
 * counted instead of being filed anew. `first_at` is empty where a call was made once.
 */
export const boundedTraces: readonly string[] = [
  'alter table lockout add column counted_at bigint',
  'create index lockout_counted on lockout (counted_at) where locked_until is null',
  'alter table outside_call add column times integer not null default 1',
  'alter table outside_call add column first_at bigint',
  'create index job_refusal_time on job_refusal (refused_at)',
]
