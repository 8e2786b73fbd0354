import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockFolder } from '../../../src/main/core/storage/folder-lock.ts'
import { createNodeFileSystem } from '../../../src/main/core/storage/node-file-system.ts'

const files = createNodeFileSystem()
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-lock-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** A process that has ended: its number is real, but nobody has it. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.on('close', resolve))
  return child.pid!
}

function leaveStaleLock(pid: number): void {
  writeFileSync(join(folder, 'store.lock'), JSON.stringify({ pid, started: '', token: 'stale', since: 0 }))
}

describe('the lock of a data folder', () => {
  test('keeps a second one out until it is released', () => {
    const first = lockFolder(files, folder, 1)
    expect(lockFolder(files, folder, 2)).toEqual({ ok: false, pid: process.pid })
    if (first.ok) first.lock.release()
    expect(lockFolder(files, folder, 3).ok).toBe(true)
  })

  test('a lock whose process is gone is taken over, and nothing is left lying about', async () => {
    leaveStaleLock(await endedProcess())
    const lock = lockFolder(files, folder, 1)
    expect(lock.ok).toBe(true)
    expect(readdirSync(folder)).toEqual(['store.lock'])
  })

  test('a process number that now belongs to somebody else does not count', () => {
    const lock = { pid: process.pid, started: 'another boot/1', token: 'old', since: 0 }
    writeFileSync(join(folder, 'store.lock'), JSON.stringify(lock))
    expect(lockFolder(files, folder, 1).ok).toBe(process.platform === 'linux')
  })

  test('releasing twice does not release the lock of the next one', () => {
    const first = lockFolder(files, folder, 1)
    if (!first.ok) throw new Error('not locked')
    first.lock.release()
    expect(lockFolder(files, folder, 2).ok).toBe(true)
    first.lock.release()
    expect(lockFolder(files, folder, 3).ok).toBe(false)
  })

  test('a half-written lock of a crash does not lock for ever', () => {
    writeFileSync(join(folder, 'store.lock'), '{"pid":')
    expect(lockFolder(files, folder, 1).ok).toBe(true)
  })

  test('of several processes that race for a stale lock exactly one wins', { timeout: 60_000 }, async () => {
    const script = `
      const { lockFolder } = await import(${JSON.stringify(new URL('../../../src/main/core/storage/folder-lock.ts', import.meta.url).href)})
      const { createNodeFileSystem } = await import(${JSON.stringify(new URL('../../../src/main/core/storage/node-file-system.ts', import.meta.url).href)})
      process.stdout.write('ready\\n')
      process.stdin.once('data', () => {
        const taken = lockFolder(createNodeFileSystem(), ${JSON.stringify(folder)}, 1)
        process.stdout.write(taken.ok ? 'won\\n' : 'lost\\n')
        process.stdin.once('data', () => process.exit())
      })`
    for (let round = 0; round < 3; round += 1) {
      leaveStaleLock(await endedProcess())
      const racers = Array.from({ length: 4 }, () =>
        spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
      )
      const said = racers.map(() => '')
      const until = (word: RegExp) =>
        Promise.all(
          racers.map(
            (racer, index) =>
              new Promise<void>((resolve) => {
                const look = () => word.test(said[index]!) && resolve()
                racer.stdout.on('data', (part) => {
                  said[index] += part
                  look()
                })
                look()
              }),
          ),
        )
      await until(/ready/)
      for (const racer of racers) racer.stdin.write('go\n')
      await until(/won|lost/)
      expect(said.filter((words) => words.includes('won'))).toHaveLength(1)
      for (const racer of racers) racer.stdin.write('end\n')
      await Promise.all(racers.map((racer) => new Promise((resolve) => racer.on('close', resolve))))
    }
  })
})
