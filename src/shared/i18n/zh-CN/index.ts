import { auditActions } from './audit-actions.ts'
import { caseMessages } from './case.ts'
import { caseDecisions } from './case-decisions.ts'
import { desk } from './desk.ts'
import { documents } from './documents.ts'
import { domain } from './domain.ts'
import { errors } from './errors.ts'
import { findings } from './findings.ts'
import { ledger } from './ledger.ts'
import { order } from './order.ts'
import { progress } from './progress.ts'
import { repairs } from './repairs.ts'
import { risk } from './risk.ts'
import { shell } from './shell.ts'
import { states } from './states.ts'
import { supervision } from './supervision.ts'

/** Simplified Chinese is the first language: its keys are the keys. */
export const zhCN = {
  ...auditActions,
  ...domain,
  ...states,
  ...progress,
  ...errors,
  ...risk,
  ...shell,
  ...supervision,
  ...desk,
  ...caseMessages,
  ...caseDecisions,
  ...order,
  ...findings,
  ...ledger,
  ...documents,
  ...repairs,
} as const
