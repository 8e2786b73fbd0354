import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inject } from 'vitest'

/**
 * A folder that is made once in a run of tests, by whichever file needs it first; files that run beside it wait until it is there.
 * What is in it is only copied afterwards, never used itself, so that no test meets what another has left. Throws when it could not
 * be made, in every file that asks.
 */
export async function onceARun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject('runFolder'), name)
  const [made, failed] = [`${folder}.made`, `${folder}.failed`]
  const mine = await mkdir(`${folder}.begun`).then(
    () => true,
    () => false,
  )
  if (mine)
    try {
      await make(folder)
      await writeFile(made, '')
    } catch (error) {
      await writeFile(failed, String(error))
      throw error
    }
  while (!existsSync(made)) {
    if (existsSync(failed)) throw new Error(`${name} could not be made: ${await readFile(failed, 'utf8')}`)
    await wait(50)
  }
  return folder
}
