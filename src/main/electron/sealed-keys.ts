import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { safeStorage } from 'electron'
import { readPrivateFile, writePrivateFile } from '../devices/machine/private-file.ts'
import { openSecretBox } from '../devices/machine/secret-box.ts'

/**
 * The counter's secrets, sealed by the system's key chain. Undefined when they are gone although a store exists, or when
 * the system offers no key chain: then nothing is kept that anyone could read, and the counter does not open.
 */
export function openSealedKeys(folder: string, storeFolder: string): ReturnType<typeof openSecretBox> {
  if (!safeStorage.isEncryptionAvailable()) return undefined
  const path = join(folder, 'counter.sealed')
  const text = {
    read() {
      const sealed = readPrivateFile(path)
      return sealed && safeStorage.decryptString(sealed)
    },
    write: (content: string) => writePrivateFile(path, safeStorage.encryptString(content)),
  }
  const hasStore =
    existsSync(storeFolder) && readdirSync(storeFolder).some((name) => /^(store|journal|snapshot)/.test(name))
  return openSecretBox(text, !hasStore)
}
