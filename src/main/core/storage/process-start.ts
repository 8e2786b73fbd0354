import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What is asked of the system to tell when a process began. */
export interface ProcessSystem {
  platform: string
  /** This process. */
  pid: number
  /** When this process began, in UTC milliseconds, where the runtime tells (Electron does). */
  creationTime(): number | undefined
  /** Output of a program of the system; throws when it fails. */
  run(program: string, args: readonly string[]): string
  read(path: string): string
}

interface RuntimeWithCreationTime {
  getCreationTime?(): number | null
}

const thisSystem: ProcessSystem = {
  platform: process.platform,
  pid: process.pid,
  creationTime: () => (process as RuntimeWithCreationTime).getCreationTime?.() ?? undefined,
  run: (program, args) =>
    execFileSync(program, args, {
      encoding: 'utf8',
      timeout: 5_000,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    }),
  read: (path) => readFileSync(path, 'utf8'),
}

/** Two clocks of one system may differ by rounding to a second. */
const toleranceMs = 2_000

/**
 * When a process began, so that a number given again is not taken for the process that had it before. On Linux ticks since the boot
 * named with it, elsewhere `ms:` and UTC milliseconds; empty where the system does not tell.
 */
export function startOf(pid: number, system: ProcessSystem = thisSystem): string {
  try {
    switch (system.platform) {
      case 'linux': {
        const stat = system.read(`/proc/${pid}/stat`)
        const boot = system.read('/proc/sys/kernel/random/boot_id').trim()
        return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
      }
      case 'darwin':
        return millisecondsOf(Date.parse(`${system.run('ps', ['-o', 'lstart=', '-p', String(pid)]).trim()} UTC`))
      case 'win32':
        // Asking costs half a second, so it is asked of others only, when their lock is in the way.
        if (pid === system.pid) return millisecondsOf(system.creationTime() ?? Number.NaN)
        return millisecondsOf(
          Number(
            system.run('powershell', [
              '-NoProfile',
              '-NonInteractive',
              '-Command',
              `([DateTimeOffset](Get-Process -Id ${pid}).StartTime).ToUnixTimeMilliseconds()`,
            ]),
          ),
        )
      default:
        return ''
    }
  } catch {
    return ''
  }
}

function millisecondsOf(instant: number): string {
  return Number.isFinite(instant) && instant > 0 ? `ms:${Math.round(instant)}` : ''
}

/** Whether both name the same beginning. What is not known counts as the same: a folder is rather kept than given away twice. */
export function isSameStart(held: string, found: string): boolean {
  if (held === '' || found === '') return true
  if (!held.startsWith('ms:') || !found.startsWith('ms:')) return held === found
  return Math.abs(Number(held.slice(3)) - Number(found.slice(3))) <= toleranceMs
}
