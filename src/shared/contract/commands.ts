import { z } from 'zod'
import { askerSchema } from '../domain/asker.ts'
import { blockerCodeSchema } from '../domain/blocker.ts'
import { identityDocumentSchema } from '../domain/identity-document.ts'
import { approvalSubjectSchema } from '../domain/risk-policy.ts'
import { dateSchema, fenSchema, msisdnSchema } from '../domain/scalars.ts'
import type { SegmentAnswer } from '../domain/segments.ts'
import { taskActionSchema, taskWaySchema } from '../domain/task.ts'
import { type StaffRole, signInRequestSchema } from '../protocol/device.ts'
import type { OneTimeCodeAnswer } from '../protocol/identity.ts'
import {
  attachmentKindSchema,
  contactSchema,
  invoiceReturnSchema,
  orderSubmitSchema,
  paymentMethods,
  refundSchema,
  relationSchema,
} from '../protocol/jobs.ts'
import { exportFormats, type StatementFile, statementPlaceSchema } from '../protocol/ledger.ts'
import {
  type AcceptanceView,
  type AppView,
  type AuditRow,
  type AuditVerdict,
  type CaseList,
  type CaseView,
  caseFilters,
  type DeskView,
  type HandOverView,
  type JobView,
  type ReceiptView,
  type StatementListView,
  type StatementView,
  type SupervisionView,
} from './views.ts'

/** Who may call: nobody signed in yet, or staff of these roles. */
type Access = 'public' | readonly StaffRole[]

interface Command<Input extends z.ZodType, Output> {
  input: Input
  access: Access
  /** Carries the result type; never present at run time. */
  readonly output?: Output
}

function command<Output>() {
  return <Input extends z.ZodType>(access: Access, input: Input): Command<Input, Output> => ({ access, input })
}

const counter = ['clerk', 'supervisor', 'trainer'] as const
const readers = ['clerk', 'supervisor', 'trainer', 'auditor'] as const
const accountants = ['supervisor', 'auditor'] as const
const nothing = z.strictObject({})
const strokesSchema = z
  .array(z.array(z.strictObject({ x: z.number(), y: z.number(), t: z.number() })).min(1))
  .min(1)
  .max(200)
const caseOnly = z.strictObject({ caseId: z.uuid() })
const reason = z.string().trim().min(2).max(200)
const auditSource = z.enum(['store', 'counter'])

/**
 * Every command the UI may call: input, result, who may call. Electron IPC, the HTTP host, the typed client and the
 * tests are derived from this table. Inputs are parsed on the core's side; results come back as `Result` values.
 */
export const commands = {
  'app.view': command<AppView>()('public', nothing),
  'app.setLanguage': command<AppView>()('public', z.strictObject({ language: z.enum(['zh-CN', 'en']) })),
  'device.enrol': command<AppView>()('public', z.strictObject({ enrolmentCode: z.string().trim().min(6).max(64) })),
  'session.signIn': command<AppView>()('public', signInRequestSchema.strict()),
  'session.signOut': command<AppView>()(readers, nothing),

  'desk.view': command<DeskView>()(readers, nothing),
  'case.list': command<CaseList>()(
    readers,
    z.strictObject({
      filter: z.enum(caseFilters),
      cursor: z.string().max(100).optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
  ),
  'case.search': command<Pick<CaseList, 'rows'>>()(
    readers,
    z.strictObject({ text: z.string().trim().min(1).max(60), limit: z.int().min(1).max(50).default(20) }),
  ),
  'case.view': command<CaseView>()(readers, caseOnly),

  'number.lookUp': command<SegmentAnswer>()(counter, z.strictObject({ msisdn: z.string().max(30) })),
  'case.open': command<CaseView>()(counter, z.strictObject({ msisdn: z.string().max(30) })),
  'case.queryNumber': command<CaseView>()(counter, caseOnly),
  'case.abandon': command<CaseView>()(counter, caseOnly.extend({ reason })),

  /** Who asks; another choice voids what was proved and collected for the one before. */
  'case.saveAsker': command<CaseView>()(counter, caseOnly.extend({ asker: askerSchema })),
  /** The document of the person who asks for the holder. */
  'case.saveSecond': command<CaseView>()(
    counter,
    caseOnly.extend({ document: identityDocumentSchema, relation: relationSchema.optional() }),
  ),
  'case.saveDocument': command<CaseView>()(counter, caseOnly.extend({ document: identityDocumentSchema })),
  'case.capture': command<CaseView>()(
    counter,
    caseOnly.extend({
      kind: attachmentKindSchema.exclude(['signedForm']),
      /** Absent: taken from the capture station. Present: a file the clerk chose. */
      file: z
        .strictObject({ mediaType: z.enum(['image/png', 'image/jpeg']), contentBase64: z.base64().max(2_800_000) })
        .optional(),
    }),
  ),
  'case.attachment': command<{ mediaType: string; contentBase64: string }>()(
    readers,
    caseOnly.extend({ attachmentId: z.uuid() }),
  ),
  'case.sendOneTimeCode': command<OneTimeCodeAnswer>()(counter, caseOnly),
  'case.prove': command<CaseView>()(
    counter,
    caseOnly.extend({
      servicePassword: z.string().min(1).max(32).optional(),
      oneTimeCode: z
        .string()
        .regex(/^\d{6}$/)
        .optional(),
      oftenCalledNumbers: z.array(msisdnSchema).max(5).default([]),
    }),
  ),
  'case.preCheck': command<CaseView>()(counter, caseOnly),
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
  'ticket.close': command<SupervisionView>()(['supervisor'], z.strictObject({ ticketId: z.uuid(), note: reason })),
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
      /** One array of points per stroke, in CSS pixels and milliseconds since the first point. */
      strokes: strokesSchema,
      /** What the customer read; another hash means that the figures changed meanwhile (`case.amountChanged`). */
      documentSha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  'case.submit': command<CaseView>()(counter, caseOnly),

  'order.withdraw': command<CaseView>()(counter, caseOnly.extend({ reason })),
  'order.urge': command<CaseView>()(counter, caseOnly.extend({ reason })),
  'order.resupply': command<CaseView>()(
    counter,
    caseOnly.extend({
      note: z.string().trim().max(200).default(''),
      corrections: z.strictObject({ contact: contactSchema.optional(), refund: refundSchema.optional() }).optional(),
    }),
  ),

  /** The form about what the order would cost now, while that waits for the customer. */
  'order.viewFigures': command<AcceptanceView>()(counter, caseOnly),
  /** The customer signs what the order would cost now and pays what is due; see `OrderView.figures`. */
  'order.acceptFigures': command<CaseView>()(
    counter,
    caseOnly.extend({
      strokes: strokesSchema,
      documentSha256: z.string().regex(/^[0-9a-f]{64}$/),
      method: z.enum(paymentMethods),
      authorizationCode: z.string().trim().max(40).optional(),
    }),
  ),

  /** Hands the customer what the order left owing at this counter. */
  'order.payRefund': command<CaseView>()(
    counter,
    caseOnly.extend({
      method: z.enum(paymentMethods),
      amountFen: fenSchema,
      authorizationCode: z.string().trim().max(40).optional(),
    }),
  ),

  'ledger.statements': command<StatementListView>()(accountants, z.strictObject({ from: dateSchema, to: dateSchema })),
  'ledger.statement': command<StatementView>()(accountants, statementPlaceSchema.strict()),
  'ledger.export': command<StatementFile>()(
    accountants,
    statementPlaceSchema.strict().extend({ format: z.enum(exportFormats) }),
  ),

  'receipt.view': command<ReceiptView>()(readers, caseOnly),
  'receipt.print': command<ReceiptView>()(counter, caseOnly),
  'outbox.list': command<{ jobs: JobView[] }>()(readers, z.strictObject({ includeDone: z.boolean().default(false) })),
  'outbox.retry': command<{ jobs: JobView[] }>()(counter, z.strictObject({ jobId: z.uuid() })),
  /** Makes the case of a refused submission a draft again; payments stay, the signature is void, a new job takes the place. */
  'outbox.correct': command<CaseView>()(counter, z.strictObject({ jobId: z.uuid() })),
  /** Hands a held job to the store's supervisors, with the reason; they see it first. */
  'outbox.handOver': command<{ jobs: JobView[] }>()(counter, z.strictObject({ jobId: z.uuid(), reason })),
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
export type CommandInput<N extends CommandName> = z.input<Commands[N]['input']>
export type CommandParsed<N extends CommandName> = z.output<Commands[N]['input']>
export type CommandOutput<N extends CommandName> = NonNullable<Commands[N]['output']>
export const commandNames = Object.keys(commands) as CommandName[]
