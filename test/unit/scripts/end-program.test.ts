import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-ends-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program as a benchmark is run, behind a pipe whose reader takes its time; answers its exit code and what it printed. */
function end(program: string): Promise<{ code: number | null; printed: number }> {
  const file = join(folder, 'program.ts')
  writeFileSync(file, program)
  const child = spawn(process.execPath, [resolve('scripts/bench/one.ts'), file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let printed = 0
  setTimeout(() => child.stdout.on('data', (chunk: Buffer) => (printed += chunk.length)), 300)
  return new Promise((done) => child.once('close', (code) => done({ code, printed })))
}

/** Would keep a process that waits for its handles. */
const held = 'setInterval(() => {}, 1000);'

test('a finished program ends though something still holds it, and all it printed has arrived', async () => {
  const answer = await end(`${held} process.stdout.write('x'.repeat(400_000)); console.log('end')`)
  expect(answer).toEqual({ code: 0, printed: 400_004 })
})

test('a program that says it failed has failed', async () => {
  expect(await end(`${held} process.exitCode = 3`)).toEqual({ code: 3, printed: 0 })
})

test('so has one that throws, and one that waits for what never comes', async () => {
  expect((await end(`${held} throw new Error('broken')`)).code).toBe(1)
  expect((await end('await new Promise(() => {})')).code).toBe(13)
})
