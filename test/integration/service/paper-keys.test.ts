import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { loadPaperKeys } from '../../../service/src/papers/paper-keys.ts'
import { serviceIdentity } from '../../../service/src/settings/service-identity.ts'
import { newPglite } from '../../support/pglite.ts'

const keys = { old: '11'.repeat(32), new: '22'.repeat(32) }
const silent = { info() {}, warn() {}, error() {} }

describe('the keys of papers', () => {
  let folder: string
  let database: OpenDatabase
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'counterfoil-keys-'))
    database = await openDatabase(await newPglite())
    await serviceIdentity(database.db, () => 'service')
  })
  afterAll(async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })

  it('come from a file, or else from the database, which is said aloud; moving from one to the other loses nothing', async () => {
    const warned: string[] = []
    const own = await loadPaperKeys(database.db, undefined, { ...silent, warn: (_values, text) => warned.push(text) })
    expect(warned).toHaveLength(1)
    const again = await loadPaperKeys(database.db, undefined, silent)
    const sealed = own.seal(Buffer.from('paper'), 'a')
    expect(Buffer.from(again.open(sealed, 'a')).toString()).toBe('paper')
    const file = join(folder, 'keys.json')
    await writeFile(file, JSON.stringify({ current: 'new', keys }))
    const fromFile = await loadPaperKeys(database.db, file, silent)
    expect(Buffer.from(fromFile.open(sealed, 'a')).toString()).toBe('paper')
    expect(fromFile.seal(Buffer.from('x'), 'a').keyId).toBe('new')
  })

  it.each([
    ['no key by the name', { current: 'lost', keys }],
    ['a key that is too short', { current: 'old', keys: { old: 'abcd' } }],
  ])('of a file with %s stop the start', async (_name, content) => {
    const file = join(folder, 'wrong.json')
    await writeFile(file, JSON.stringify(content))
    await expect(loadPaperKeys(database.db, file, silent)).rejects.toThrow('the paper keys in')
  })
})
