import { z } from 'zod'
import { agreementTypeSchema } from '../account.ts'
import { bilingualSchema } from './bilingual.ts'

export const figureUnits = ['fen', 'months', 'days', 'count', 'percent'] as const
/** What a figure counts: money in fen, calendar months, days, pieces, per cent. */
export const figureUnitSchema = z.enum(figureUnits)
export type FigureUnit = z.infer<typeof figureUnitSchema>

/** A name the rules may use: also the name of a step. */
export const figureNameSchema = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/)

/**
 * Section `terms`: a figure an agreement may carry, as the home province's system names it, for which kinds of agreement, and what
 * counts when it is absent (without `ifAbsent` an agreement that lacks it cannot be priced by a rule that names it).
 */
export const agreementTermSchema = z.object({
  name: figureNameSchema,
  label: bilingualSchema,
  unit: figureUnitSchema,
  agreementTypes: z.array(agreementTypeSchema).min(1),
  ifAbsent: z.int().optional(),
})
export type AgreementTerm = z.infer<typeof agreementTermSchema>

/** The figures every rule may use besides the agreement's terms; `pricing-inputs.ts` computes them. */
export const calendarFigures = [
  'remainingMonths',
  'elapsedMonths',
  'totalMonths',
  'remainingDays',
  'elapsedDays',
  'totalDays',
  'devices',
  'devicesNotReturned',
] as const
export type CalendarFigure = (typeof calendarFigures)[number]

/** Whether a figure changes from one day to the next, not only from month to month. */
export function changesDaily(name: string): boolean {
  return name === 'remainingDays' || name === 'elapsedDays'
}
