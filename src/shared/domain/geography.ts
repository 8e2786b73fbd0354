import { z } from 'zod'

/** The four carriers with a network of their own. */
export const carriers = ['CMCC', 'CUCC', 'CTCC', 'CBN'] as const
export const carrierSchema = z.enum(carriers)
export type Carrier = z.infer<typeof carrierSchema>

/** The 31 mainland provinces by their GB/T 2260 two-digit code. */
export const provinces = [
  '11',
  '12',
  '13',
  '14',
  '15',
  '21',
  '22',
  '23',
  '31',
  '32',
  '33',
  '34',
  '35',
  '36',
  '37',
  '41',
  '42',
  '43',
  '44',
  '45',
  '46',
  '50',
  '51',
  '52',
  '53',
  '54',
  '61',
  '62',
  '63',
  '64',
  '65',
] as const
export const provinceSchema = z.enum(provinces)
export type Province = z.infer<typeof provinceSchema>
