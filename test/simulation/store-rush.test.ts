import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/main/core/storage/store.ts'
import { auditLedger, type Ledger, newLedger, openLedger, writeDeed } from '../crash/ledger.ts'
import { createFaultDisk, type FaultDisk, type PowerCut } from '../support/fault-file-system.ts'
import { type Chance, chanceOf } from '../support/simulation/chance.ts'

/*
 * The crash matrix walks one day through every single fault. Here many transactions, snapshots and reads come at once, in an order
 * that the seed draws, because what is under way together is what a fixed day does not show.
 */

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Throws everything at the store at once, round after round. Nothing of it rejects: the ledger knows what was answered. */
async function rush(store: Store, ledger: Ledger, chance: Chance): Promise<void> {
  const underWay: Promise<unknown>[] = []
  for (let round = 0; round < 8; round += 1) {
    for (let count = chance.between(1, 5); count > 0; count -= 1) {
      const what = chance.pick(['deed', 'deed', 'deed', 'deed', 'snapshot', 'snapshot', 'read'] as const)
      if (what === 'deed') underWay.push(writeDeed(store, ledger, chance.pick([10, 200, 900, 3000])))
      else if (what === 'snapshot') underWay.push(store.snapshotNow().catch(() => {}))
      else underWay.push(store.get('SELECT deeds FROM total').catch(() => {}))
      if (chance.happens(0.3)) await turn()
    }
    if (chance.happens(0.5)) await Promise.all(underWay.splice(0))
  }
  await Promise.all(underWay)
}

function cutOf(chance: Chance): PowerCut {
  const kind = chance.pick(['dropUnsynced', 'keepAll', 'scatter'] as const)
  return kind === 'scatter' ? { kind, keeps: () => chance.happens(0.5) } : { kind }
}

async function expectWhole(disk: FaultDisk, ledger: Ledger, refusedMayBeThere: boolean): Promise<void> {
  const store = await openLedger(disk)
  expect(store.opening.state).not.toBe('damaged')
  expect(await auditLedger(store, ledger, refusedMayBeThere)).toEqual([])
  expect((await store.verify()).problems).toEqual([])
  await writeDeed(store, ledger)
  expect(ledger.answered.has(ledger.tried)).toBe(true)
  await store.close()
}

/** Power cuts at any operation while everything is under way. */
async function cutDuringRush(seed: number): Promise<void> {
  const chance = chanceOf(`rush ${seed}`)
  const disk = createFaultDisk()
  const ledger = newLedger()
  const store = await openLedger(disk)
  disk.setFaults({ stopAt: chance.between(1, 130), ...(chance.happens(0.5) ? { tear: chance.next() } : {}) })
  await rush(store, ledger, chance)
  disk.restart(cutOf(chance))
  await expectWhole(disk, ledger, true)
  await expectWhole(disk, ledger, true)
}

/** The disk refuses for a while; the store goes on, and what it refused is not there, now or later. */
async function refusalDuringRush(seed: number): Promise<void> {
  const chance = chanceOf(`refusal ${seed}`)
  const disk = createFaultDisk()
  const ledger = newLedger()
  const store = await openLedger(disk)
  const code = chance.pick(['EIO', 'ENOSPC'] as const)
  disk.setFaults({ refuse: { at: chance.between(1, 100), code, times: chance.between(1, 4) } })
  await rush(store, ledger, chance)
  disk.setFaults({})
  await writeDeed(store, ledger)
  expect(ledger.answered.has(ledger.tried)).toBe(true)
  expect(await auditLedger(store, ledger, false)).toEqual([])
  disk.restart(cutOf(chance))
  await expectWhole(disk, ledger, false)
}

describe('many transactions and snapshots at once', () => {
  const seeds = Array.from({ length: 150 }, (_, index) => index + 1)
  test('and the power goes: nothing answered is lost, nothing is there twice', async () => {
    for (const seed of seeds)
      await cutDuringRush(seed).catch((error) => Promise.reject(new Error(`seed ${seed}`, { cause: error })))
  })
  test('and the disk refuses: what was refused is not there', async () => {
    for (const seed of seeds)
      await refusalDuringRush(seed).catch((error) => Promise.reject(new Error(`seed ${seed}`, { cause: error })))
  })
})
