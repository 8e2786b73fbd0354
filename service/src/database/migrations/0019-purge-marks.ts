/**
 * How far the purge of abandoned cases has looked, by what it looks at, and the order it looks in; the other indexes are those by which
 * the rest of the purge finds what is due. Older builds look at everything as before.
 */
export const purgeMarks: readonly string[] = [
  `create table purge_mark (
    kind text primary key,
    at bigint not null,
    id uuid not null
  )`,
  'create index attachment_stored on attachment (stored_at, attachment_id)',
  'create index pre_check_checked on pre_check (checked_at, pre_check_id)',
  'create index identity_proof_proved on identity_proof (proved_at, proof_id)',
  'create index pre_check_proof on pre_check (proof_id)',
  'create index evidence_kept on evidence (kept_at)',
  "create index approval_request_decided on approval_request (requested_at) where state <> 'open'",
  "create index trouble_ticket_closed on trouble_ticket (closed_at) where state = 'closed'",
  'create index sms_inbound_received on sms_inbound (received_at)',
  'create index staff_session_expires on staff_session (expires_at)',
  'create index one_time_code_expires on one_time_code (expires_at)',
  'create index lockout_until on lockout (locked_until)',
]
