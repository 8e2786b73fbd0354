import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * When a process began, as Linux tells it: ticks since the boot named with it. Empty elsewhere, where the number alone must do. After a power
 * cut the number of the dead service is soon somebody else's, and that one must not keep the service from starting.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return ''
  }
}

/** Whether the process that wrote the lock still lives; what is not known counts as living. */
function isHeld(pid: number, began: string | undefined): boolean {
  if (!isAlive(pid)) return false
  const now = startOf(pid)
  return !began || now === '' || began === now
}

/**
 * Takes a PGlite folder for this process: two processes on one folder would destroy it. The lock of a process that no
 * longer lives is taken over. Throws when a living process holds the folder. Returns the release.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'service.lock')
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(path, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const [number, began] = readFileSync(path, 'utf8').split(' ')
      const holder = Number(number)
      // A process that finds its own id was restarted with the id of its dead predecessor, as happens in containers.
      if (Number.isInteger(holder) && holder > 0 && holder !== process.pid && isHeld(holder, began))
        throw new Error(`the data folder ${folder} is in use by process ${holder}`)
      rmSync(path, { force: true })
    }
  }
  throw new Error(`the data folder ${folder} could not be locked`)
}
