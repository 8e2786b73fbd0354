/**
 * Builds from before 0018 do not bear a schema that is ahead of them: those that run serve on, but they cannot be started again, which
 * `test/upgrade` shows. The floor says so.
 */
export const oldestBuild: readonly string[] = [
  `insert into schema_floor (oldest) values ('0018-forgetting') on conflict do nothing`,
]
