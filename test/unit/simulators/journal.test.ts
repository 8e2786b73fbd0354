import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../../service/simulators/bss/journal.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function kept(baseId = 'seed:a'): Promise<object[]> {
  const entries: object[] = []
  const journal = await openJournal(folder, baseId, (entry) => entries.push(entry))
  await journal.close()
  return entries
}

async function write(...entries: object[]): Promise<void> {
  const journal = await openJournal(folder, 'seed:a', () => undefined)
  await Promise.all(entries.map((entry) => journal.append(entry)))
  await journal.close()
}

describe('the journal of the simulated world', () => {
  it('gives back what was appended, in order, across openings', async () => {
    await write({ n: 1 }, { n: 2 })
    await write({ n: 3 })
    expect(await kept()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  it('cuts a torn last line and goes on', async () => {
    await write({ n: 1 })
    appendFileSync(join(folder, 'state.jsonl'), '{"n":2,"te')
    expect(await kept()).toEqual([{ n: 1 }])
    await write({ n: 3 })
    expect(await kept()).toEqual([{ n: 1 }, { n: 3 }])
  })

  it('refuses damage in the middle with the line number', async () => {
    await write({ n: 1 }, { n: 2 })
    const path = join(folder, 'state.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace('{"n":1}', '{"n":1'))
    await expect(kept()).rejects.toThrow(/state\.jsonl:2: damaged line/)
  })

  it('refuses the changes of another subscriber base', async () => {
    await write({ n: 1 })
    await expect(kept('seed:b')).rejects.toThrow(/belongs to another subscriber base/)
  })
})
