import type { Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope, JobKind, JobPayload } from '../../../src/shared/protocol/jobs.ts'
import type { ServiceContext, Tx } from '../service-context.ts'
import { acceptFigures } from './accept-figures.ts'
import { payRefund } from './pay-refund.ts'
import { alone, setHandlers } from './set-kinds.ts'
import { storeUploaded } from './store-attachment.ts'
import { submitOrder } from './submit-order.ts'
import { resupplyOrder, urgeOrder } from './urge-and-resupply.ts'
import { withdrawOrder } from './withdraw-order.ts'

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

const storeBrought = alone(setHandlers['attachment.store'])

/** The content came with the job, or before it in parts. */
const storeAttachment: JobHandler<'attachment.store'> = (scene, payload) =>
  payload.contentBase64 === undefined ? storeUploaded(scene, payload) : storeBrought(scene, payload)

export const jobHandlers: { [K in JobKind]: JobHandler<K> } = {
  'attachment.store': storeAttachment,
  'payment.take': alone(setHandlers['payment.take']),
  'refund.pay': payRefund,
  'order.submit': submitOrder,
  'order.withdraw': withdrawOrder,
  'order.urge': urgeOrder,
  'order.resupply': resupplyOrder,
  'order.acceptFigures': acceptFigures,
}
