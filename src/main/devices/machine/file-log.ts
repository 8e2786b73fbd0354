import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Log, LogParams } from '../../core/ports.ts'

const daysKept = 14
const fileName = /^counter-\d{4}-\d{2}-\d{2}\.log$/

/** Logs JSON lines into one file per day (UTC) and keeps two weeks of them. A full disk must not stop the counter. */
export function createFileLog(folder: string, now: () => number): Log {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let day = ''

  function forgetOldFiles() {
    const files = readdirSync(folder).filter((name) => fileName.test(name))
    for (const name of files.sort().slice(0, -daysKept)) rmSync(join(folder, name), { force: true })
  }
  function write(level: string, code: string, params: LogParams = {}) {
    const at = new Date(now()).toISOString()
    try {
      if (at.slice(0, 10) !== day) {
        day = at.slice(0, 10)
        forgetOldFiles()
      }
      appendFileSync(join(folder, `counter-${day}.log`), `${JSON.stringify({ at, level, code, ...params })}\n`, {
        mode: 0o600,
      })
    } catch {
      // Losing a line is better than losing a customer's case over it.
    }
  }
  return {
    info: (code, params) => write('info', code, params),
    warn: (code, params) => write('warn', code, params),
    error: (code, params) => write('error', code, params),
  }
}
