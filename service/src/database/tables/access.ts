import type { Province } from '../../../../src/shared/domain/geography.ts'
import type { StaffRole } from '../../../../src/shared/protocol/device.ts'

/* Stores, devices, staff, and what lets them in. */

export interface StoreTable {
  store_id: string
  name: string
  province: Province
  may_accept: boolean
}

export interface DeviceTable {
  device_id: string
  name: string
  store_id: string
  thumbprint: string | null
  enrolled_at: number | null
  revoked_at: number | null
  highest_sequence: number
  /** Jobs of this device that were accepted; the counter holds as many receipts, or fewer while answers are lost. */
  accepted_jobs: number
}

export interface EnrolmentCodeTable {
  code_hash: string
  device_id: string
  used_at: number | null
  used_by: string | null
}

export interface StaffTable {
  staff_id: string
  name: string
  role: StaffRole
  store_id: string
  password_hash: string
  active: boolean
}

export interface StaffSessionTable {
  token_hash: string
  staff_id: string
  device_id: string
  thumbprint: string
  created_at: number
  expires_at: number
  revoked_at: number | null
}

export interface LockoutTable {
  subject: string
  failures: number
  locked_until: number | null
  /** When the last one was counted; empty where an older build counted, until housekeeping has seen it. */
  counted_at: number | null
}

export interface OneTimeCodeTable {
  msisdn: string
  code_id: string
  case_id: string
  code_hash: string
  sent_at: number
  expires_at: number
  used_at: number | null
}
