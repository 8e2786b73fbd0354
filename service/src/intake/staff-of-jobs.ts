import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { Database } from '../service-context.ts'

/** Answers who a job's `staffId` is. Errors: `job.staffUnknown`, `job.storeDiffers`, `auth.forbidden`. */
export type StaffOfJobs = (staffId: string) => Result<Staff>

/** Looks up the people who wrote jobs, all at once. Whether somebody is still signed in does not matter: the work was done then. */
export async function staffOfJobs(db: Database, device: Device, staffIds: readonly string[]): Promise<StaffOfJobs> {
  const rows =
    staffIds.length === 0
      ? []
      : await db
          .selectFrom('staff')
          .select(['staff_id', 'name', 'role', 'store_id'])
          .where('staff_id', 'in', [...new Set(staffIds)])
          .where('active', '=', true)
          .execute()
  return (staffId) => {
    const row = rows.find((one) => one.staff_id === staffId)
    if (!row) return fail('job.staffUnknown', { field: 'staffId' })
    if (row.store_id !== device.storeId) return fail('job.storeDiffers', { field: 'staffId' })
    if (row.role !== 'clerk' && row.role !== 'supervisor') return fail('auth.forbidden', { field: 'staffId' })
    return ok({ staffId: row.staff_id, name: row.name, role: row.role, storeId: row.store_id })
  }
}
