import { type OrderSubmit, orderSubmitSchema } from '../../../src/shared/protocol/jobs.ts'
import type { ProductOrderTable } from '../database/tables.ts'

/** Orders that were submitted before submissions named their rules (schema 0006) name none. */
const storedSubmissionSchema = orderSubmitSchema.extend({ rulePacks: orderSubmitSchema.shape.rulePacks.default([]) })

type Stored = Pick<ProductOrderTable, 'submission' | 'corrections'>

/** Reads back what was submitted, as it was submitted; stored payloads are parsed again when read. */
export function firstSubmissionOf(order: Pick<Stored, 'submission'>): OrderSubmit {
  return storedSubmissionSchema.parse(JSON.parse(order.submission))
}

/** Reads back what was submitted, with what was corrected since. */
export function submissionOf(order: Stored): OrderSubmit {
  const corrected = order.corrections === null ? {} : (JSON.parse(order.corrections) as object)
  return storedSubmissionSchema.parse({ ...(JSON.parse(order.submission) as object), ...corrected })
}
