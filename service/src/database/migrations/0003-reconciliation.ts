/** What a service restored from an older backup needs to notice what it forgot, and to believe what it sealed itself. */
export const reconciliation: readonly string[] = [
  'alter table device add column accepted_jobs bigint not null default 0',
  'update device set accepted_jobs = (select count(*) from job where job.device_id = device.device_id)',
  'alter table service_identity add column seal_key text',
]
