import { z } from 'zod'
import { approvalSubjectSchema } from '../../domain/risk-policy.ts'
import { fenSchema } from '../../domain/scalars.ts'
import { signInRequestSchema } from '../../protocol/device.ts'
import { contactSchema, invoiceReturnSchema, paymentMethods, refundSchema } from '../../protocol/jobs.ts'
import type { AcceptanceView, CaseView } from '../views.ts'
import { caseOnly, command, counter, documentHashSchema, pictureFileSchema, reason, strokesSchema } from './define.ts'

/** What can be done with an order that the service has. */
export const orderCommands = {
  'order.withdraw': command<CaseView>()(counter, caseOnly.extend({ reason })),
  'order.urge': command<CaseView>()(counter, caseOnly.extend({ reason })),
  'order.resupply': command<CaseView>()(
    counter,
    caseOnly.extend({
      note: z.string().trim().max(200).default(''),
      corrections: z
        .strictObject({
          contact: contactSchema.optional(),
          refund: refundSchema.optional(),
          invoices: z.array(invoiceReturnSchema).min(1).max(60).optional(),
        })
        .optional(),
    }),
  ),

  /** The form about what the order would cost now, while that waits for the customer. */
  'order.viewFigures': command<AcceptanceView>()(counter, caseOnly),
  /** A second person signs beside the clerk for sums that new figures bring up. */
  'order.approveFigures': command<CaseView>()(
    counter,
    caseOnly.extend({
      subject: approvalSubjectSchema,
      agreementId: z.string().max(80).optional(),
      reason,
      approver: signInRequestSchema,
    }),
  ),
  /** The customer signs what the order would cost now and pays what is due; see `OrderView.figures`. */
  'order.acceptFigures': command<CaseView>()(
    counter,
    caseOnly.extend({
      strokes: strokesSchema,
      documentSha256: documentHashSchema,
      method: z.enum(paymentMethods),
      authorizationCode: z.string().trim().max(40).optional(),
    }),
  ),

  /** Supplies the portrait that the police library did not hold. */
  'order.supplyPortrait': command<CaseView>()(counter, caseOnly.extend({ file: pictureFileSchema.optional() })),

  /** Hands the customer what the order left owing at this counter. */
  'order.payRefund': command<CaseView>()(
    counter,
    caseOnly.extend({
      method: z.enum(paymentMethods),
      amountFen: fenSchema,
      authorizationCode: z.string().trim().max(40).optional(),
    }),
  ),
} as const
