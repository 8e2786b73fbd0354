import { describe, expect, test } from 'vitest'
import { isSameStart, type ProcessSystem, startOf } from '../../../src/main/core/storage/process-start.ts'

const system = (changes: Partial<ProcessSystem>): ProcessSystem => ({
  platform: 'linux',
  pid: 100,
  creationTime: () => undefined,
  run: () => {
    throw new Error('no such program')
  },
  read: () => {
    throw new Error('no such file')
  },
  ...changes,
})
const began = Date.UTC(2026, 10, 21, 8, 30, 5)

describe('when a process began', () => {
  test('on this machine: the same for the same process, known for the first one', () => {
    expect(startOf(process.pid)).toBe(startOf(process.pid))
    if (process.platform === 'linux') expect(startOf(process.pid)).not.toBe('')
  })

  test('on macOS from the list of processes', () => {
    const mac = system({ platform: 'darwin', run: () => 'Sat Nov 21 08:30:05 2026\n' })
    expect(startOf(100, mac)).toBe(`ms:${began}`)
    expect(startOf(7, mac)).toBe(`ms:${began}`)
    expect(startOf(7, system({ platform: 'darwin', run: () => '\n' }))).toBe('')
  })

  test('on Windows from the runtime for itself, from the system for others', () => {
    const asked: string[] = []
    const windows = system({
      platform: 'win32',
      creationTime: () => began + 0.25,
      run: (program, args) => {
        asked.push(`${program} ${args.at(-1)}`)
        return `${began + 1}\r\n`
      },
    })
    expect(startOf(100, windows)).toBe(`ms:${began}`)
    expect(asked).toEqual([])
    expect(isSameStart(startOf(100, windows), startOf(7, windows))).toBe(true)
    expect(asked[0]).toContain('Get-Process -Id 7')
  })

  test('what the system does not tell is empty, and counts as the same process', () => {
    for (const platform of ['linux', 'darwin', 'win32', 'aix']) expect(startOf(7, system({ platform }))).toBe('')
    expect(isSameStart('', `ms:${began}`)).toBe(true)
    expect(isSameStart(`ms:${began}`, '')).toBe(true)
  })

  test('another beginning is another process', () => {
    expect(isSameStart(`ms:${began}`, `ms:${began + 2_000}`)).toBe(true)
    expect(isSameStart(`ms:${began}`, `ms:${began + 2_001}`)).toBe(false)
    expect(isSameStart('boot/17', 'boot/17')).toBe(true)
    expect(isSameStart('boot/17', 'boot/18')).toBe(false)
    expect(isSameStart('boot/17', `ms:${began}`)).toBe(false)
  })
})
