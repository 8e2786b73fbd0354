import type { AttachmentKind, JobKind } from '../../../../src/shared/protocol/jobs.ts'

/* What counters hand in: jobs, papers, and papers in parts. */

export interface JobTable {
  id: string
  device_id: string
  sequence: number
  lane: string
  kind: JobKind
  staff_id: string
  body_sha256: string
  receipt: string
  received_at: number
}

export interface JobRefusalTable {
  id: string
  device_id: string
  sequence: number
  kind: string
  code: string
  body_sha256: string
  refused_at: number
}

export interface JobGapTable {
  device_id: string
  sequence: number
  noticed_at: number
  filled_at: number | null
}

export interface UploadTable {
  upload_id: string
  device_id: string
  media_type: string
  sha256: string
  total_bytes: number
  received_bytes: number
  complete: boolean
  created_at: number
  touched_at: number
}

export interface AttachmentTable {
  attachment_id: string
  case_id: string
  kind: AttachmentKind
  media_type: string
  sha256: string
  /** Sealed with the key `key_id` names; without one from before papers were sealed. */
  content: Uint8Array
  key_id: string | null
  device_id: string
  stored_at: number
}
