import { z } from 'zod'
import { approvalSubjectSchema } from '../../domain/risk-policy.ts'
import { fenSchema } from '../../domain/scalars.ts'
import { ticketClosureSchema } from '../../protocol/approvals.ts'
import type { OrderView } from '../../protocol/changes.ts'
import { signInRequestSchema } from '../../protocol/device.ts'
import { type RepairOptions, repairRequestSchema } from '../../protocol/repairs.ts'
import type { AuditRow, AuditVerdict, CaseView, SupervisionView } from '../views.ts'
import { caseOnly, command, counter, nothing, readers, reason } from './define.ts'

const auditSource = z.enum(['store', 'counter'])

/** Second persons, tickets and the audit chains. */
export const supervisionCommands = {
  'case.approve': command<CaseView>()(
    counter,
    caseOnly.extend({
      subject: approvalSubjectSchema,
      agreementId: z.string().optional(),
      waivedFen: fenSchema.optional(),
      reason,
      approver: signInRequestSchema,
    }),
  ),
  /** Asks the store's supervisors at their own counters. */
  'approval.ask': command<CaseView>()(
    counter,
    caseOnly.extend({ subject: approvalSubjectSchema, agreementId: z.string().max(80).optional(), reason }),
  ),
  'approval.withdraw': command<CaseView>()(counter, caseOnly.extend({ requestId: z.uuid() })),
  'supervision.view': command<SupervisionView>()(readers, nothing),
  'approval.decide': command<SupervisionView>()(
    ['supervisor'],
    z.strictObject({
      requestId: z.uuid(),
      decision: z.enum(['grant', 'refuse']),
      reason,
      password: z.string().min(1).max(200),
    }),
  ),
  'ticket.close': command<SupervisionView>()(
    ['supervisor'],
    z.strictObject({
      ticketId: z.uuid(),
      note: reason,
      authorizationCode: ticketClosureSchema.shape.authorizationCode,
    }),
  ),
  'audit.list': command<{ rows: AuditRow[] }>()(
    ['supervisor', 'auditor'],
    z.strictObject({
      source: auditSource,
      before: z.int().positive().optional(),
      /** Id or number of a case. */
      case: z.string().trim().max(40).optional(),
      actor: z.string().trim().max(40).optional(),
      action: z
        .string()
        .max(60)
        .regex(/^[A-Za-z.]*$/)
        .optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
  ),
  'audit.verify': command<AuditVerdict>()(['supervisor', 'auditor'], z.strictObject({ source: auditSource })),
  'audit.export': command<{ fileName: string; mediaType: string; content: string }>()(
    ['supervisor', 'auditor'],
    z.strictObject({ source: auditSource }),
  ),
  /** What a supervisor may do to an order of the store by hand now, whichever counter it lies on. */
  'order.repairs': command<RepairOptions>()(['supervisor'], z.strictObject({ orderId: z.uuid() })),
  'order.repair': command<Pick<OrderView, 'orderId' | 'caseId' | 'stage'>>()(
    ['supervisor'],
    z.strictObject({ orderId: z.uuid(), repair: repairRequestSchema }),
  ),
} as const
