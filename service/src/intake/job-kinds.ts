import type { JobKind } from '../../../src/shared/protocol/jobs.ts'
import { acceptFigures } from './accept-figures.ts'
import type { JobHandler } from './job-scene.ts'
import { payRefund } from './pay-refund.ts'
import { alone, setHandlers } from './set-kinds.ts'
import { storeUploaded } from './store-attachment.ts'
import { submitOrder } from './submit-order.ts'
import { resupplyOrder, urgeOrder } from './urge-and-resupply.ts'
import { withdrawOrder } from './withdraw-order.ts'

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
