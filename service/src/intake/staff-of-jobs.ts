import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { Database } from '../database/handle.ts'
import { isOneOf } from '../database/insert-rows.ts'
import type { StaffTable } from '../database/tables.ts'

/** A staff member as jobs are judged by. */
export type KnownStaff = Pick<StaffTable, 'staff_id' | 'name' | 'role' | 'store_id'>

/** Answers who a job's `staffId` is. Errors: `job.staffUnknown`, `job.storeDiffers`, `auth.forbidden`. */
export type StaffOfJobs = (device: Pick<Device, 'storeId'>, staffId: string) => Result<Staff>

/** Looks up the people who wrote jobs, all at once. Whether somebody is still signed in does not matter: the work was done then. */
export async function staffOfJobs(db: Database, staffIds: readonly string[]): Promise<StaffOfJobs> {
  const rows =
    staffIds.length === 0
      ? []
      : await db
          .selectFrom('staff')
          .select(['staff_id', 'name', 'role', 'store_id'])
          .where(isOneOf('staff_id', [...new Set(staffIds)]))
          .where('active', '=', true)
          .execute()
  return staffOf(rows)
}

/** The same from what was looked up already: the active ones among those who were asked for. */
export function staffOf(rows: readonly KnownStaff[]): StaffOfJobs {
  const byId = new Map(rows.map((row) => [row.staff_id, row]))
  return (device, staffId) => {
    const row = byId.get(staffId)
    if (!row) return fail('job.staffUnknown', { field: 'staffId' })
    if (row.store_id !== device.storeId) return fail('job.storeDiffers', { field: 'staffId' })
    if (row.role !== 'clerk' && row.role !== 'supervisor') return fail('auth.forbidden', { field: 'staffId' })
    return ok({ staffId: row.staff_id, name: row.name, role: row.role, storeId: row.store_id })
  }
}
