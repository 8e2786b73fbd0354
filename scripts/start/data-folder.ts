import { mkdirSync, statSync } from 'node:fs'
import { homedir, platform } from 'node:os'
import { dirname, join } from 'node:path'

/** Where this user's programs keep their data on this platform. */
export function defaultDataFolder(environment: Record<string, string | undefined> = process.env): string {
  switch (platform()) {
    case 'win32':
      return join(environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Counterfoil')
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Counterfoil')
    default:
      return join(environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'counterfoil')
  }
}

/**
 * Makes a folder and those above it, one at a time: Node's own recursive way never ends where the system denies that the folder it
 * was asked to make in exists, as under a mount that is gone. Throws the system's error, with the folder's path.
 */
export function makeFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found?.isDirectory()) return
  if (found) throw Object.assign(new Error(`${folder} is a file`), { code: 'ENOTDIR', path: folder })
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  mkdirSync(folder)
}
