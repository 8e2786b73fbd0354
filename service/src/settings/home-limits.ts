import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Carrier, Province } from '../../../src/shared/domain/geography.ts'

const limit = z.int().min(1).max(1000)

const homeLimitsSchema = z.strictObject({
  concurrentOrders: limit.default(4),
  systems: z.record(z.string().regex(/^(CMCC|CUCC|CTCC|CBN):\d{2}$/, 'must be as in CMCC:44'), limit).default({}),
})

/**
 * How many orders may be worked on at a home system at the same time, all processes together: `concurrentOrders` for most,
 * `systems` for those that bear more or less, by carrier and province as in `CMCC:44`.
 */
export type HomeLimits = z.infer<typeof homeLimitsSchema>

/** The name under which an order waits for its turn at a home system. */
export function homeSystemOf(order: { carrier: Carrier; home_province: Province }): string {
  return `${order.carrier}:${order.home_province}`
}

/** Reads the limits from a JSON file; what it leaves out, or all of it without a file, is four for every system. Throws, naming the file, when it is wrong. */
export async function loadHomeLimits(file: string | undefined): Promise<HomeLimits> {
  if (!file) return homeLimitsSchema.parse({})
  const parsed = homeLimitsSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${file}: ${issue?.path.join('.')}: ${issue?.message}`)
}
