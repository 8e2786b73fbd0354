import type { SegmentTable } from '../../src/shared/domain/segments.ts'
import type { FaceConnector } from './connectors/face.ts'
import type { HomeBssConnector } from './connectors/home-bss.ts'
import type { PaymentConnector } from './connectors/payment.ts'
import type { RenewalConnector } from './connectors/renewal.ts'
import type { SmsConnector } from './connectors/sms.ts'
import type { Database } from './database/handle.ts'
import type { Meters } from './operation/metrics.ts'
import type { WorkQueue } from './orders/work-queue.ts'
import type { PaperKeys } from './papers/paper-keys.ts'
import type { Clock, Log } from './ports.ts'
import type { RenewalPolicies } from './renewal/policy.ts'
import type { RuleBook } from './rule-packs/rule-book.ts'
import type { Timing } from './settings/service-config.ts'

/** Everything the service's functions may reach, passed explicitly. */
export interface ServiceContext {
  db: Database
  clock: Clock
  newId(): string
  log: Log
  timing: Timing
  serviceId: string
  segments: SegmentTable
  rules: RuleBook
  homeBss: HomeBssConnector
  sms: SmsConnector
  face: FaceConnector
  payment: PaymentConnector
  renewal: RenewalConnector
  /** How numbers that leave their rest are cleaned of old bindings. */
  renewalPolicy: RenewalPolicies
  work: WorkQueue
  /** Seals and opens what papers show. */
  papers: PaperKeys
  meters: Meters
  /** Aborted when the service begins to close: long polls answer at once. */
  closing: AbortSignal
}
