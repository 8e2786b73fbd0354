import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder } from '../../../scripts/start/data-folder.ts'
import { startChild } from '../../../scripts/support/child.ts'
import { failureSentence } from '../../../src/shared/command-line.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-calls-'))
  writeFileSync(join(folder, 'a-file'), 'not what is looked for')
  writeFileSync(join(folder, 'a-key'), new Uint8Array(32))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program to its end and answers what it said and its exit code. FOLDER in an argument is the test's folder. */
function call(line: string, env: Record<string, string> = {}): Promise<{ code: number; said: string }> {
  const given = line.split(' ').map((word) => word.replace('FOLDER', folder))
  const { DATABASE_URL: _, ...clean } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, given, { env: { ...clean, ...env } }, (error, out, problems) =>
      resolve({ code: error ? Number(error.code) : 0, said: out + problems }),
    )
  })
}

/** Programs, how they are called wrongly, the exit code, and what the sentence names. */
const wrongCalls: [line: string, code: number, names: string, env?: Record<string, string>][] = [
  ['scripts/start/main.ts --bogus', 2, '--bogus'],
  ['scripts/start/main.ts --port abc', 2, '--port is a whole number'],
  ['scripts/start/main.ts --browser --data FOLDER/a-file', 1, 'is not a folder'],
  ['scripts/demo/main.ts --bogus', 2, 'no arguments'],
  ['scripts/segments/main.ts --bogus', 2, '--bogus'],
  ['scripts/segments/main.ts import FOLDER/nowhere.csv', 1, 'nowhere.csv'],
  ['scripts/store/main.ts --bogus', 2, '--bogus'],
  ['scripts/store/main.ts inspect FOLDER --key-file FOLDER/nowhere', 1, 'nowhere does not exist'],
  ['scripts/store/main.ts inspect FOLDER/a-file --key-file FOLDER/a-key', 1, 'is not a folder'],
  ['scripts/simulate/main.ts --bogus', 2, '--bogus'],
  ['scripts/simulate/main.ts --seeds abc', 2, '--seeds is a whole number'],
  ['scripts/simulate/main.ts --seeds=-1', 2, '--seeds is a whole number'],
  ['scripts/simulate/main.ts --seed x', 2, '--seed is a whole number'],
  ['scripts/mutations/main.ts --bogus', 2, '--bogus'],
  ['scripts/mutations/main.ts --only nothing-of-the-kind', 2, 'nothing-of-the-kind'],
  ['scripts/openapi/main.ts --bogus', 2, 'no arguments'],
  ['scripts/test/main.ts --bogus', 2, '--bogus'],
  ['service/simulators/main.ts --bogus', 2, '--bogus'],
  ['service/simulators/main.ts --port abc', 2, '--port is a whole number'],
  ['service/src/main.ts --bogus', 2, '--bogus'],
  ['service/src/main.ts --port abc', 2, '--port is a whole number'],
  ['service/src/main.ts --simulators', 2, 'SERVICE_TIMING', { SERVICE_TIMING: '{bad' }],
  ['service/src/main.ts --verify-audit', 2, '--data DIR or DATABASE_URL'],
  ['service/src/main.ts --verify-audit --data FOLDER/mistyped', 2, 'holds no database'],
  ['service/src/main.ts --verify-ledger', 2, '--data DIR or DATABASE_URL'],
  ['service/src/main.ts --rotate-rule-key', 2, '--data DIR or DATABASE_URL'],
  ['src/main/serve.ts --bogus', 2, '--bogus'],
  ['src/main/serve.ts', 2, '--data and --service'],
  ['src/main/serve.ts --data FOLDER/c --service nonsense', 2, 'address of the central service'],
  ['src/main/serve.ts --data FOLDER/c --service http://127.0.0.1:1 --port abc', 2, '--port is a whole number'],
]

test.for(wrongCalls)('%s: a sentence, exit code %i', { timeout: 60_000 }, async ([line, code, names, env]) => {
  const answer = await call(line, env)
  expect(answer.said).toContain(names)
  expect(answer.said).not.toMatch(/^\s+at .*\d/m)
  expect(answer.code).toBe(code)
})

describe('what the system says, in words', () => {
  test('a port in use names the port', async () => {
    const first = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => first.once('listening', resolve))
    const { port } = first.address() as { port: number }
    const second = createServer().listen(port, '127.0.0.1')
    const error = await new Promise((resolve) => second.once('error', resolve))
    first.close()
    expect(failureSentence(error)).toBe(
      `127.0.0.1:${port} is already used by another program; choose another port or end that program`,
    )
  })

  test('nobody at an address: also where the reason is the cause, or one of several', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const { port } = closed.address() as { port: number }
    await new Promise((resolve) => closed.close(resolve))
    const refused = await fetch(`http://127.0.0.1:${port}`).catch((error: unknown) => error)
    expect(failureSentence(refused)).toBe(`nobody answers at 127.0.0.1:${port}`)
    const several = new AggregateError([
      Object.assign(new Error(), { code: 'ECONNREFUSED', address: '::1', port: 5432 }),
    ])
    expect(failureSentence(several)).toBe('nobody answers at ::1:5432')
  })

  test('an error without a message still says something', () => {
    expect(failureSentence(new Error(''))).toBe('it failed')
    expect(failureSentence('plain')).toBe('plain')
  })
})

test('a program that ends before it is ready is quoted by its sentence, not by its log', async () => {
  const says = `console.error('{"level":30}'); console.error('the port is used'); process.exit(1)`
  const child = startChild(process.execPath, ['-e', says], join(folder, 'child.log'))
  await expect(child.ready).rejects.toThrow(/^the port is used$/)
  expect(await child.gone).toBe(1)
})

test.runIf(process.platform === 'linux')('a folder the system will never make ends with an error, at once', () => {
  expect(() => makeFolder('/proc/nowhere/below')).toThrow('ENOENT')
  makeFolder(join(folder, 'several', 'below', 'each other'))
  expect(() => makeFolder(join(folder, 'a-file', 'below'))).toThrow('is a file')
})
