import type { Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope, JobKind, JobPayload } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'
import type { ServiceContext } from '../service-context.ts'

/** Values a receipt repeats about what the job did. */
export type Effect = Record<string, string | number>

export interface JobScene {
  tx: Tx
  context: ServiceContext
  device: Device
  staff: Staff
  envelope: JobEnvelope
  now: number
}

/** Carries out one kind of job inside the intake's transaction; a failure undoes everything it wrote. */
export type JobHandler<K extends JobKind> = (scene: JobScene, payload: JobPayload<K>) => Promise<Result<Effect>>
