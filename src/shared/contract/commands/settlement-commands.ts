import { z } from 'zod'
import { fenSchema } from '../../domain/scalars.ts'
import {
  contactSchema,
  invoiceReturnSchema,
  orderSubmitSchema,
  paymentMethods,
  refundSchema,
} from '../../protocol/jobs.ts'
import type { AcceptanceView, CaseView } from '../views.ts'
import { caseOnly, command, counter, documentHashSchema, reason, strokesSchema } from './define.ts'

/** Money, waiting, signature and submission of a case. */
export const settlementCommands = {
  'case.saveSettlement': command<CaseView>()(
    counter,
    caseOnly.extend({
      refund: refundSchema.optional(),
      invoices: z.array(invoiceReturnSchema).max(60).default([]),
      contact: contactSchema,
      disconnectReason: orderSubmitSchema.shape.disconnectReason,
    }),
  ),
  'case.takePayment': command<CaseView>()(
    counter,
    caseOnly.extend({
      method: z.enum(paymentMethods),
      /** What is due, or a part of it. */
      amountFen: fenSchema,
      /** Cash the customer put down. */
      tenderedFen: fenSchema.optional(),
      authorizationCode: z.string().trim().max(40).optional(),
    }),
  ),
  /** Hands back a payment of a case that will not be submitted, or not like this. */
  'case.giveBack': command<CaseView>()(
    counter,
    caseOnly.extend({ paymentId: z.uuid(), reason, authorizationCode: z.string().trim().max(40).optional() }),
  ),
  /** Waits until the agreements that are kept cost nothing. */
  'case.postpone': command<CaseView>()(counter, caseOnly),
  'case.reopen': command<CaseView>()(counter, caseOnly),
  /** The acceptance exactly as it will be signed: a complete HTML page built by the core from the case, and its hash. */
  'case.acceptance': command<AcceptanceView>()(counter, caseOnly),
  'case.sign': command<CaseView>()(
    counter,
    caseOnly.extend({
      strokes: strokesSchema,
      /** What the customer read; another hash means that the figures changed meanwhile (`case.amountChanged`). */
      documentSha256: documentHashSchema,
    }),
  ),
  'case.submit': command<CaseView>()(counter, caseOnly),
} as const
