import { rmSync } from 'node:fs'
import { cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../service/src/database/open-database.ts'
import { onceARun } from './once-a-run.ts'

/** Making an embedded database takes four seconds of a core, and its tables one more; copying it takes a quarter of one. */
const prepared = () =>
  onceARun('pglite', async (folder) => {
    const database = await openDatabase({ kind: 'pglite', folder })
    await database.close()
  })

/** Makes `folder` the data folder of a service that has its tables and nothing in them. */
export async function preparePgliteFolder(folder: string): Promise<void> {
  await cp(await prepared(), folder, { recursive: true })
}

/** An embedded database of its own that has its tables and nothing in them; its folder is gone when this file of tests is through. */
export async function newPglite(): Promise<{ kind: 'pglite'; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'counterfoil-pglite-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await preparePgliteFolder(folder)
  return { kind: 'pglite', folder }
}
