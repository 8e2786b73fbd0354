import { type Instant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import type { Device } from '../../../shared/protocol/device.ts'
import { readMeta, writeMeta } from '../meta.ts'
import type { Transaction } from '../storage/store.ts'

/** Letters a store's number begins with (`SZ-HQB-03` → `SZ`); without them the code of its province. */
export function storePrefix(device: Pick<Device, 'storeId' | 'handlingProvince'>): string {
  return /^[A-Z]{2,4}/.exec(device.storeId.toUpperCase())?.[0] ?? device.handlingProvince
}

/**
 * The next case number of this device, e.g. `SZ2611-00417`: store, year and month in Shanghai, running number. The
 * running number never starts again, so a number is unique on its device whatever the clock says.
 */
export async function nextCaseNumber(tx: Transaction, device: Device, at: Instant): Promise<string> {
  const counter = ((await readMeta(tx, 'lastCaseCounter')) ?? 0) + 1
  writeMeta(tx, 'lastCaseCounter', counter)
  const [year = '', month = ''] = shanghaiDate(at).split('-')
  return `${storePrefix(device)}${year.slice(2)}${month}-${String(counter).padStart(5, '0')}`
}
