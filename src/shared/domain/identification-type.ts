import { z } from 'zod'

/** Document types accepted for real-name registration (2013 rule) plus those found in practice (domain facts). */
export const identificationTypes = [
  'RESIDENT_ID',
  'TEMP_ID',
  'HUKOU',
  'PLA_ID',
  'PAP_ID',
  'HM_PERMIT',
  'TW_PERMIT',
  'HMT_RESIDENCE',
  'FOREIGN_PASSPORT',
  'FOREIGN_PR',
  'UNIT_LICENSE',
] as const
export const identificationTypeSchema = z.enum(identificationTypes)
export type IdentificationType = z.infer<typeof identificationTypeSchema>

interface TypeFacts {
  /** The counter's reader reads it, so that typing it needs a reason. */
  chip: boolean
  /** It has a second side worth a picture. */
  back: boolean
  /** It may have no end: always, or from an age at issue on. */
  noEnd: 'always' | 'fromAge46' | 'never'
  /** The machine-readable zone it carries, by its ICAO 9303 format. */
  mrz: 'TD1' | 'TD3' | undefined
}

/** What each type is like as a piece of paper or plastic. Ends: Resident Identity Card Law, art. 5; the others by their kind. */
export const documentTypes: Record<IdentificationType, TypeFacts> = {
  RESIDENT_ID: { chip: true, back: true, noEnd: 'fromAge46', mrz: undefined },
  TEMP_ID: { chip: false, back: true, noEnd: 'never', mrz: undefined },
  HUKOU: { chip: false, back: false, noEnd: 'always', mrz: undefined },
  PLA_ID: { chip: false, back: false, noEnd: 'always', mrz: undefined },
  PAP_ID: { chip: false, back: false, noEnd: 'always', mrz: undefined },
  HM_PERMIT: { chip: false, back: true, noEnd: 'never', mrz: 'TD1' },
  TW_PERMIT: { chip: false, back: true, noEnd: 'never', mrz: 'TD1' },
  HMT_RESIDENCE: { chip: true, back: true, noEnd: 'never', mrz: undefined },
  FOREIGN_PASSPORT: { chip: false, back: false, noEnd: 'never', mrz: 'TD3' },
  FOREIGN_PR: { chip: true, back: true, noEnd: 'never', mrz: undefined },
  UNIT_LICENSE: { chip: false, back: false, noEnd: 'always', mrz: undefined },
}
