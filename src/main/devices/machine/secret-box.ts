import { randomBytes } from 'node:crypto'
import { type DevicePrivateKey, devicePrivateKeySchema, type Secrets } from '../../core/ports.ts'

/** The two secrets of a counter: what opens the store (32 bytes, base64), and what signs as this device. */
interface SecretBox {
  storeKey: string
  deviceKey?: DevicePrivateKey | undefined
}

const keyBytes = 32

/** Undefined when the text is damaged: a half written or foreign file opens nothing, and must be said like a lost key. */
function parseBox(text: string): SecretBox | undefined {
  try {
    const { storeKey, deviceKey } = JSON.parse(text) as Partial<Record<keyof SecretBox, unknown>>
    if (typeof storeKey !== 'string' || Buffer.from(storeKey, 'base64').length !== keyBytes) return undefined
    return { storeKey, deviceKey: deviceKey === undefined ? undefined : devicePrivateKeySchema.parse(deviceKey) }
  } catch {
    return undefined
  }
}

/** Where a platform keeps one small text: sealed by the system, or a file only its owner may read. */
export interface SecretText {
  read(): string | undefined
  /** Returns after the text is on disk. */
  write(text: string): void
}

/**
 * Opens the box, making it with a fresh store key on the first start. `mayCreate` is false when a store already exists:
 * a new key could never open it, so a lost key must be said and not be papered over; so must a damaged one.
 */
export function openSecretBox(
  text: SecretText,
  mayCreate: boolean,
): { storeKey: Uint8Array; secrets: Secrets } | undefined {
  const stored = text.read()
  if (stored === undefined && !mayCreate) return undefined
  const found = stored === undefined ? undefined : parseBox(stored)
  if (stored !== undefined && !found) return undefined
  let box: SecretBox
  if (!found) {
    box = { storeKey: randomBytes(keyBytes).toString('base64') }
    text.write(JSON.stringify(box))
  } else box = found
  return {
    storeKey: new Uint8Array(Buffer.from(box.storeKey, 'base64')),
    secrets: {
      readDeviceKey: async () => box.deviceKey,
      async writeDeviceKey(deviceKey: DevicePrivateKey) {
        box = { ...box, deviceKey }
        text.write(JSON.stringify(box))
      },
    },
  }
}
