import { z } from 'zod'

/*
 * The branded values of the trade as they are parsed at a boundary. Kept apart from what computes with them, so that a first
 * screen that only formats a date does not load a validation library.
 */

/** Integer fen (1/100 yuan). Never a float, never yuan. */
export const fenSchema = z.int().brand<'Fen'>()
export type Fen = z.infer<typeof fenSchema>

/** A calendar day in Asia/Shanghai, `YYYY-MM-DD`. */
export const dateSchema = z.iso.date().brand<'ShanghaiDate'>()
export type ShanghaiDate = z.infer<typeof dateSchema>

/** An instant: UTC milliseconds since 1970. */
export const instantSchema = z.int().nonnegative().brand<'Instant'>()
export type Instant = z.infer<typeof instantSchema>

/** An eleven-digit mainland mobile number: three-digit network, four-digit HLR, four-digit user. */
export const msisdnSchema = z
  .string()
  .regex(/^1\d{10}$/)
  .brand<'Msisdn'>()
export type Msisdn = z.infer<typeof msisdnSchema>
