import { readFileSync } from 'node:fs'
import { z } from 'zod'

const organisationSchema = z.object({
  stores: z.array(
    z.object({
      storeId: z.string(),
      name: z.string(),
      mayAccept: z.boolean(),
      devices: z.array(z.object({ deviceId: z.string(), name: z.string(), enrolmentCodes: z.array(z.string()) })),
      staff: z.array(z.object({ staffId: z.string(), name: z.string(), role: z.string(), password: z.string() })),
    }),
  ),
})
type Store = z.infer<typeof organisationSchema>['stores'][number]

/** The store a counter is tried out in: the first of the organisation that may accept cancellations. */
export function trialStore(file: string): Store {
  const { stores } = organisationSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const store = stores.find((candidate) => candidate.mayAccept && candidate.devices.length > 0)
  if (!store) throw new Error(`${file} has no store that may accept`)
  return store
}

/** Codes with which this counter may enrol, those of the device with the most of them first. */
export function enrolmentCodes(store: Store): string[] {
  return [...store.devices]
    .sort((a, b) => b.enrolmentCodes.length - a.enrolmentCodes.length)
    .flatMap((device) => device.enrolmentCodes)
}
