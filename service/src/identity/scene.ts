import type { Device, Staff } from '../../../src/shared/protocol/device.ts'

/** Who asks from where: the staff member signed in, and the counter they stand at. */
export interface CounterScene {
  device: Device
  staff: Staff
}
