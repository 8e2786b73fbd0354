import { type Instant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import type { Device } from '../../../shared/protocol/device.ts'
import { readMeta, writeMeta } from '../meta.ts'
import type { Transaction } from '../storage/store.ts'

/**
 * The next case number of this device, e.g. `SZHQB3-2611-00417`: device, year and month in Shanghai, running number. The device's
 * name is the service's own, so no two counters give the same number; the running number never starts again.
 */
export async function nextCaseNumber(tx: Transaction, device: Device, at: Instant): Promise<string> {
  const counter = ((await readMeta(tx, 'lastCaseCounter')) ?? 0) + 1
  writeMeta(tx, 'lastCaseCounter', counter)
  const [year = '', month = ''] = shanghaiDate(at).split('-')
  const name = device.deviceId.replace(/[^\p{Letter}\d]/gu, '').toUpperCase()
  return `${name}-${year.slice(2)}${month}-${String(counter).padStart(5, '0')}`
}
