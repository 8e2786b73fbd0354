/**
 * Who asked when an identity was proved, and the evidence of numbers that their holders never opened: kept before the line is closed,
 * never changed afterwards.
 */
export const askers: readonly string[] = [
  "alter table identity_proof add column asker text not null default 'holder'",
  'alter table identity_proof add column second_document text',
  `create table evidence (
    order_id uuid primary key,
    case_id uuid not null,
    msisdn text not null,
    sha256 text not null,
    manifest text not null,
    kept_at bigint not null
  )`,
  'create index evidence_case on evidence (case_id)',
]
