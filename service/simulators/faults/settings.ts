import { z } from 'zod'
import { carriers, provinces } from '../../../src/shared/domain/geography.ts'

const rateSchema = z.number().min(0).max(1)

/** What goes wrong at a port. Rates are shares of requests; `next` strikes a number of requests for certain, first. */
export const faultsSchema = z.strictObject({
  /** Replaces the profile's latency. */
  latencyMs: z.number().min(0).max(600_000).optional(),
  jitterMs: z.number().min(0).max(600_000).optional(),
  /** Answer 503 without doing anything. */
  errorRate: rateSchema.optional(),
  /** Never answer, without doing anything. */
  hangRate: rateSchema.optional(),
  /** Do it, but answer something that is not JSON. */
  malformedRate: rateSchema.optional(),
  /** Do it, but drop the connection before the answer. */
  answerLostRate: rateSchema.optional(),
  /** Drop every connection at once. */
  down: z.boolean().optional(),
  next: z
    .strictObject({
      error: z.int().min(0).optional(),
      hang: z.int().min(0).optional(),
      malformed: z.int().min(0).optional(),
      answerLost: z.int().min(0).optional(),
    })
    .optional(),
  /** Only these operations, by the first part of the path (`payments`, `service-orders`, `messages` …). */
  only: z.array(z.string()).optional(),
})
export type Faults = z.infer<typeof faultsSchema>

const targetPattern = new RegExp(
  `^(bss(:(\\*|${carriers.join('|')})(:(${provinces.join('|')}))?)?|sms|face|payment|renewal|capture)$`,
)

/** `bss`, `bss:CTCC`, `bss:*:14`, `bss:CTCC:14`, `sms`, `face`, `payment`, `renewal` or `capture`. */
export const faultTargetSchema = z.string().regex(targetPattern, 'unknown port')

/** Who stands at the counter for the capture station. */
export const counterSchema = z.strictObject({
  /** `auto`: the holder of the number last asked for at any home province; else a number or a person's id. */
  person: z.string().default('auto'),
  blurred: z.boolean().default(false),
})

/** Something that happens to an account while an order is on its way; money in fen. Gone at the next restart. */
export const accountChangeSchema = z.strictObject({
  unbilledFen: z.int().min(0).optional(),
  unseenFen: z.int().min(0).optional(),
  depositFen: z.int().min(0).optional(),
  /** Terms of an agreement replaced by name. */
  agreement: z.strictObject({ id: z.string(), terms: z.record(z.string(), z.int()) }).optional(),
  /** An agreement added: a copy of one of another number. */
  agreementFrom: z.string().optional(),
  agreementGone: z.string().optional(),
  finding: z.string().optional(),
  /** What the books say is printed on the invoices of bills, by the bill's id. */
  invoiceNumbers: z.record(z.string(), z.string()).optional(),
})
export type AccountChange = z.infer<typeof accountChangeSchema>

/** A change of the settings: what is named is replaced, `null` removes a target's faults, the rest stays. */
export const controlChangeSchema = z.strictObject({
  targets: z.record(faultTargetSchema, faultsSchema.nullable()).optional(),
  /** Multiplies the time every review takes: 0 at once, 1 as the profile says, 10 ten times slower. */
  reviewFactor: z.number().min(0).max(10_000).optional(),
  counter: counterSchema.partial().optional(),
  /** By number. */
  accounts: z.record(z.string(), accountChangeSchema).optional(),
  /** Where the message port brings replies and delivery reports; null: nowhere. */
  smsInbound: z
    .strictObject({ url: z.url(), secret: z.string().min(16) })
    .nullable()
    .optional(),
})
export type ControlChange = z.infer<typeof controlChangeSchema>

export interface ControlState {
  targets: Record<string, Faults>
  reviewFactor: number
  counter: { person: string; blurred: boolean }
}

/** The settings of the running simulators; not kept across restarts, so that nobody inherits yesterday's faults. */
export interface Control {
  current(): ControlState
  change(change: ControlChange): void
  /** The faults in force at a port, general ones overlaid by particular ones. */
  faultsAt(targets: readonly string[]): Faults
  /** Uses up one certain strike of a kind if any target in force holds one. */
  strike(targets: readonly string[], kind: 'error' | 'hang' | 'malformed' | 'answerLost'): boolean
}

/** Creates the settings: no faults, reviews at the profile's pace, the last queried holder at the counter. */
export function createControl(): Control {
  const state: ControlState = { targets: {}, reviewFactor: 1, counter: { person: 'auto', blurred: false } }
  return {
    current: () => structuredClone(state),
    change: (change) => {
      for (const [target, faults] of Object.entries(change.targets ?? {}))
        if (faults === null) delete state.targets[target]
        else state.targets[target] = structuredClone(faults)
      if (change.reviewFactor !== undefined) state.reviewFactor = change.reviewFactor
      if (change.counter?.person !== undefined) state.counter.person = change.counter.person
      if (change.counter?.blurred !== undefined) state.counter.blurred = change.counter.blurred
    },
    faultsAt: (targets) => Object.assign({}, ...targets.map((target) => state.targets[target] ?? {})) as Faults,
    strike: (targets, kind) => {
      for (const target of targets) {
        const next = state.targets[target]?.next
        const left = next?.[kind] ?? 0
        if (!next || left === 0) continue
        next[kind] = left - 1
        return true
      }
      return false
    },
  }
}
