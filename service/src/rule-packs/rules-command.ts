import { open, readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Database } from '../database/handle.ts'
import type { Clock } from '../ports.ts'
import { type KeptReserve, revokeRuleKey, rotateRuleKey, takeOutReserve } from './change-rule-keys.ts'
import { readPackFolder } from './pack-folder.ts'
import { publishPacks } from './publish.ts'

/** What the command line wants done to rules instead of starting a service. */
export interface RulesCommand {
  /** Publish the packs of this folder. */
  publish?: string | undefined
  /** Let the reserve key sign from now on. */
  rotate: boolean
  /** Revoke the key of this id. */
  revoke?: string | undefined
  /** Believe what counters brought back under the revoked key, too. */
  keepReturned: boolean
  /** The file in which the reserve key is kept, when it is not in the database. */
  reserveFile?: string | undefined
  /** Take the reserve key out of the database into this file, which must not exist. */
  exportReserve?: string | undefined
}

const keptReserveSchema = z.object({ keyId: z.string(), x: z.string(), d: z.string() })

async function readReserve(file: string | undefined): Promise<KeptReserve | undefined> {
  if (file === undefined) return undefined
  const parsed = keptReserveSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (!parsed.success) throw new Error(`${file} is not the file of a reserve key`)
  return parsed.data
}

/** Writes a secret where nothing is yet, for its owner alone, and answers when it is on the disk. */
async function writeSecret(file: string, content: object): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(content)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Changes keys and publishes packs as told, in this order, and tells what it did; services that run notice by themselves. */
export async function changeRules(
  db: Database,
  clock: Clock,
  wanted: RulesCommand,
  say: (line: string) => void,
): Promise<void> {
  const by = 'operator'
  const kept = await readReserve(wanted.reserveFile)
  if (wanted.exportReserve !== undefined) {
    const file = wanted.exportReserve
    const keyId = await takeOutReserve(db, clock, by, (reserve) => writeSecret(file, reserve))
    say(`the reserve key ${keyId} is in ${file} and no longer in the database`)
  }
  if (wanted.rotate) say(`key ${await rotateRuleKey(db, clock, by, kept)}`)
  if (wanted.revoke !== undefined) {
    const { signingKeyId, resigned, withdrawn } = await revokeRuleKey(db, clock, wanted.revoke, by, {
      kept,
      keepReturned: wanted.keepReturned,
    })
    say(`revoked ${wanted.revoke}; key ${signingKeyId} signs from now on, ${resigned.length} packs signed again`)
    for (const name of withdrawn) say(`withdrawn ${name}: a counter had brought it back under the revoked key`)
  }
  if (wanted.publish === undefined) return
  const fresh = await publishPacks(db, clock, await readPackFolder(wanted.publish), by)
  for (const name of fresh) say(`published ${name}`)
  if (fresh.length === 0) say('nothing new')
}
