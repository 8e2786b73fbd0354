/** Decisions of supervisors about soft findings; an order names them and they are looked up again. */
export const blockerOverrides = [
  `CREATE TABLE blocker_override (
     override_id TEXT PRIMARY KEY,
     case_id TEXT NOT NULL,
     pre_check_id TEXT NOT NULL,
     code TEXT NOT NULL,
     finding TEXT NOT NULL,
     reason TEXT NOT NULL,
     level TEXT NOT NULL,
     approver_id TEXT NOT NULL,
     clerk_id TEXT NOT NULL,
     device_id TEXT NOT NULL,
     decided_at BIGINT NOT NULL
   )`,
  'CREATE INDEX blocker_override_by_case ON blocker_override (case_id)',
]
