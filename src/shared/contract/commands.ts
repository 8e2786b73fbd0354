import { z } from 'zod'
import { dateSchema } from '../domain/scalars.ts'
import type { SegmentAnswer } from '../domain/segments.ts'
import { signInRequestSchema } from '../protocol/device.ts'
import { exportFormats, type StatementFile, statementPlaceSchema } from '../protocol/ledger.ts'
import { decisionCommands } from './commands/decision-commands.ts'
import { accountants, caseOnly, command, counter, nothing, readers, reason } from './commands/define.ts'
import { identityCommands } from './commands/identity-commands.ts'
import { orderCommands } from './commands/order-commands.ts'
import { settlementCommands } from './commands/settlement-commands.ts'
import { supervisionCommands } from './commands/supervision-commands.ts'
import {
  type AppView,
  type CaseList,
  type CaseView,
  caseFilters,
  type DeskView,
  type OutboxView,
  type ReceiptView,
  type StatementListView,
  type StatementView,
} from './views.ts'

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

  ...identityCommands,
  ...decisionCommands,
  ...supervisionCommands,
  ...settlementCommands,
  ...orderCommands,

  'ledger.statements': command<StatementListView>()(accountants, z.strictObject({ from: dateSchema, to: dateSchema })),
  'ledger.statement': command<StatementView>()(accountants, statementPlaceSchema.strict()),
  'ledger.export': command<StatementFile>()(
    accountants,
    statementPlaceSchema.strict().extend({ format: z.enum(exportFormats) }),
  ),

  'receipt.view': command<ReceiptView>()(readers, caseOnly),
  'receipt.print': command<ReceiptView>()(counter, caseOnly),
  'outbox.list': command<OutboxView>()(readers, z.strictObject({ includeDone: z.boolean().default(false) })),
  'outbox.retry': command<OutboxView>()(counter, z.strictObject({ jobId: z.uuid() })),
  /** Makes the case of a refused submission a draft again; payments stay, the signature is void, a new job takes the place. */
  'outbox.correct': command<CaseView>()(counter, z.strictObject({ jobId: z.uuid() })),
  /** Hands a held job to the store's supervisors, with the reason; they see it first. */
  'outbox.handOver': command<OutboxView>()(counter, z.strictObject({ jobId: z.uuid(), reason })),
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
export type CommandInput<N extends CommandName> = z.input<Commands[N]['input']>
export type CommandParsed<N extends CommandName> = z.output<Commands[N]['input']>
export type CommandOutput<N extends CommandName> = NonNullable<Commands[N]['output']>
export const commandNames = Object.keys(commands) as CommandName[]
