import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockFolder } from '../../../service/src/database/folder-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('keeps a second living process out', async () => {
  const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  try {
    writeFileSync(join(folder, 'service.lock'), String(holder.pid))
    expect(() => lockFolder(folder)).toThrow(`in use by process ${holder.pid}`)
  } finally {
    holder.kill()
  }
})

it('takes over what a dead process left, and gives back what it took', () => {
  writeFileSync(join(folder, 'service.lock'), '4194300')
  const release = lockFolder(folder)
  expect(existsSync(join(folder, 'service.lock'))).toBe(true)
  release()
  expect(existsSync(join(folder, 'service.lock'))).toBe(false)
})

it('does not trust a damaged lock', () => {
  writeFileSync(join(folder, 'service.lock'), 'not a process')
  expect(() => lockFolder(folder)()).not.toThrow()
})

it.runIf(process.platform === 'linux')(
  'does not take somebody else who was given the dead number for the one that held it',
  async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    try {
      const release = lockFolder(folder)
      const began = readFileSync(join(folder, 'service.lock'), 'utf8').split(' ')[1]
      release()
      expect(began).toMatch(/\/\d+$/)
      writeFileSync(join(folder, 'service.lock'), `${stranger.pid} ${began}`)
      lockFolder(folder)()
    } finally {
      stranger.kill()
    }
  },
)
