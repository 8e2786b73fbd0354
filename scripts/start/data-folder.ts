import { homedir, platform } from 'node:os'
import { join } from 'node:path'

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
