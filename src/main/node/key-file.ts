import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readPrivateFile, writePrivateFile } from '../devices/machine/private-file.ts'
import { openSecretBox } from '../devices/machine/secret-box.ts'

/**
 * The key file of a data folder, readable by its owner only. Undefined when the folder holds a store whose key file is
 * gone. Windows has no such modes; there the folder lies in the user's own profile.
 */
export function openKeyFile(folder: string, storeFolder: string): ReturnType<typeof openSecretBox> {
  const path = join(folder, 'counter.key')
  if (process.platform !== 'win32' && existsSync(path) && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  const text = {
    read: () => readPrivateFile(path)?.toString(),
    write: (content: string) => writePrivateFile(path, content),
  }
  const hasStore =
    existsSync(storeFolder) && readdirSync(storeFolder).some((name) => /^(store|journal|snapshot)/.test(name))
  return openSecretBox(text, !hasStore)
}
