import { z } from 'zod'
import { blockerCodeSchema } from '../../domain/blocker.ts'
import { fenSchema } from '../../domain/scalars.ts'
import { taskActionSchema, taskWaySchema } from '../../domain/task-kinds.ts'
import { signInRequestSchema } from '../../protocol/device.ts'
import type { CaseView, HandOverView } from '../views.ts'
import { caseOnly, command, counter, reason } from './define.ts'

/** What is decided about findings, remedies and agreements. */
export const decisionCommands = {
  'case.acknowledge': command<CaseView>()(counter, caseOnly.extend({ code: z.string(), reason })),
  /** A supervisor's right to go on in spite of a soft finding, used with their own password at the clerk's screen. */
  'case.overrideBlocker': command<CaseView>()(
    counter,
    caseOnly.extend({ code: blockerCodeSchema, reason, approver: signInRequestSchema }),
  ),
  'case.doTask': command<CaseView>()(
    counter,
    caseOnly.extend({
      action: taskActionSchema,
      subject: z.string().max(60),
      way: taskWaySchema.exclude(['elsewhere']),
      serial: z.string().trim().min(1).max(60).optional(),
    }),
  ),
  /** Everything for the note of a customer who must come back. */
  'case.handOverNote': command<HandOverView>()(counter, caseOnly),
  'case.undoTask': command<CaseView>()(
    counter,
    caseOnly.extend({ action: taskActionSchema, subject: z.string().max(60) }),
  ),
  'case.chooseAgreement': command<CaseView>()(
    counter,
    caseOnly.extend({
      agreementId: z.string(),
      option: z.enum(['terminate', 'waiver', 'keep']),
      devicesReturned: z.int().nonnegative().default(0),
      requestedWaiverFen: fenSchema.optional(),
    }),
  ),
} as const
