import type { Device } from '../../../src/shared/protocol/device.ts'
import { coalesce } from '../coalesce.ts'
import type { ServiceContext } from '../service-context.ts'
import { devicesOfKeys } from './devices.ts'

/** Finds the enrolled, unrevoked device that holds a key; undefined for a stranger. */
export interface FindDevice {
  /** As it is at this moment: revocation is immediate. */
  now(thumbprint: string): Promise<Device | undefined>
  /** As it was a few seconds ago at most, for whoever looks again before writing anything. */
  recently(thumbprint: string): Promise<Device | undefined>
}

const recentMs = 5_000
const mostRemembered = 20_000

/** Creates the finder; requests that arrive together are looked up together. */
export function createDeviceFinder(
  context: Pick<ServiceContext, 'db' | 'serviceId'>,
  monotonic: () => number = () => performance.now(),
): FindDevice {
  const remembered = new Map<string, { device: Device; until: number }>()
  const now = coalesce<string, Device | undefined>({ mostAtOnce: 500, atATime: 2 }, async (thumbprints) => {
    const found = await devicesOfKeys(context, thumbprints)
    return thumbprints.map((thumbprint) => found.get(thumbprint))
  })
  return {
    now,
    async recently(thumbprint) {
      const known = remembered.get(thumbprint)
      if (known && monotonic() < known.until) return known.device
      const device = await now(thumbprint)
      remembered.delete(thumbprint)
      if (device) remembered.set(thumbprint, { device, until: monotonic() + recentMs })
      if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value!)
      return device
    },
  }
}
