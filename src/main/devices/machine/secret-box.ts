import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { DevicePrivateKey, Secrets } from '../../core/ports.ts'

/** The two secrets of a counter: what opens the store, and what signs as this device. */
export const secretBoxSchema = z.object({
  storeKey: z.base64().length(44),
  deviceKey: z
    .object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.string() })
    .optional(),
})
type SecretBox = z.infer<typeof secretBoxSchema>

/** Where a platform keeps one small text: sealed by the system, or a file only its owner may read. */
export interface SecretText {
  read(): string | undefined
  /** Returns after the text is on disk. */
  write(text: string): void
}

/**
 * Opens the box, making it with a fresh store key on the first start. `mayCreate` is false when a store already exists:
 * a new key could never open it, so a lost key must be said and not be papered over.
 */
export function openSecretBox(
  text: SecretText,
  mayCreate: boolean,
): { storeKey: Uint8Array; secrets: Secrets } | undefined {
  const stored = text.read()
  if (stored === undefined && !mayCreate) return undefined
  let box: SecretBox
  if (stored === undefined) {
    box = { storeKey: randomBytes(32).toString('base64') }
    text.write(JSON.stringify(box))
  } else box = secretBoxSchema.parse(JSON.parse(stored))
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
