import { beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../../src/main/core/storage/store.ts'
import { createFaultDisk, type FaultDisk, type Faults, type PowerCut } from '../support/fault-file-system.ts'
import { seeded } from '../support/seeded.ts'
import {
  auditLedger,
  firstKey,
  type Ledger,
  newLedger,
  openLedger,
  secondKey,
  workingDay,
  writeDeed,
} from './ledger.ts'

/** How the power goes: strictly, not at all (only the process is killed), or leaving a random part of what was unsynced. */
const cuts: { name: string; cut: (seed: number) => PowerCut; tear?: number }[] = [
  { name: 'drops everything not synced', cut: () => ({ kind: 'dropUnsynced' }) },
  { name: 'kills only the process', cut: () => ({ kind: 'keepAll' }) },
  { name: 'kills the process in the middle of a write', cut: () => ({ kind: 'keepAll' }), tear: 0.6 },
  { name: 'leaves a random part', cut: scatter },
  { name: 'leaves another random part', cut: (seed) => scatter(seed + 1_000_000), tear: 0.4 },
]

function scatter(seed: number): PowerCut {
  const chance = seeded(seed)
  return { kind: 'scatter', keeps: () => chance() < 0.5 }
}

/** Runs the day until the fault ends it; what was answered stays in the ledger. */
async function dayWithFaults(faults: Faults): Promise<{ disk: FaultDisk; ledger: Ledger }> {
  const disk = createFaultDisk()
  disk.setFaults(faults)
  const ledger = newLedger()
  await workingDay(disk, ledger, true).catch(() => {})
  return { disk, ledger }
}

/** Opens with whichever key the store is wrapped with; the key changes at one moment of the day. */
async function openWithEitherKey(disk: FaultDisk): Promise<Store> {
  try {
    return await openLedger(disk, firstKey)
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'store.wrongKey') throw error
    return openLedger(disk, secondKey)
  }
}

/** The books must be right, nothing may be called damaged, and business goes on and survives another opening. */
async function expectWhole(disk: FaultDisk, ledger: Ledger, at: string): Promise<void> {
  let store = await openWithEitherKey(disk)
  expect(store.opening.state, at).not.toBe('damaged')
  expect(await auditLedger(store, ledger, true), at).toEqual([])
  expect((await store.verify()).problems, at).toEqual([])
  for (const deed of ledger.refused) ledger.answered.delete(deed)
  ledger.refused.clear()
  await writeDeed(store, ledger)
  expect(ledger.refused.size, at).toBe(0)
  await store.close()
  store = await openWithEitherKey(disk)
  expect(store.opening.state, at).toBe('clean')
  expect(await auditLedger(store, ledger, true), at).toEqual([])
  await store.close()
}

let operations = 0
beforeAll(async () => {
  const { disk } = await dayWithFaults({})
  operations = disk.operations
  expect(operations).toBeGreaterThan(150)
})

describe('the power goes before every single operation of a working day', () => {
  for (const { name, cut, tear } of cuts) {
    test(name, async () => {
      for (let stopAt = 1; stopAt <= operations; stopAt += 1) {
        const { disk, ledger } = await dayWithFaults(tear === undefined ? { stopAt } : { stopAt, tear })
        disk.restart(cut(stopAt))
        await expectWhole(disk, ledger, `stopped before operation ${stopAt}`)
      }
    })
  }

  test('and goes again while the store is being opened', async () => {
    const chance = seeded(7)
    for (let stopAt = 1; stopAt <= operations; stopAt += 3) {
      const { disk, ledger } = await dayWithFaults({ stopAt })
      disk.restart(scatter(stopAt))
      const again = 1 + Math.floor(chance() * 25)
      disk.setFaults({ stopAt: again, tear: 0.5 })
      await openWithEitherKey(disk).catch(() => {})
      disk.restart(scatter(stopAt + 500_000))
      await expectWhole(disk, ledger, `stopped before operation ${stopAt}, then before operation ${again} of opening`)
    }
  })
})

describe('what was seen after the process was killed is still there when the power goes right after', () => {
  /** Killed, opened, looked at, and the power goes before anything more is written. */
  async function expectSeenToStay(faults: Faults, at: string) {
    const { disk } = await dayWithFaults(faults)
    disk.restart({ kind: 'keepAll' })
    const store = await openWithEitherKey(disk)
    const seen = await store.query('SELECT deed, part FROM entry ORDER BY deed, part')
    disk.restart({ kind: 'dropUnsynced' })
    const after = await openWithEitherKey(disk)
    expect(await after.query('SELECT deed, part FROM entry ORDER BY deed, part'), at).toEqual(seen)
    await after.close()
  }

  test('killed before every operation', async () => {
    for (let stopAt = 1; stopAt <= operations; stopAt += 1) {
      await expectSeenToStay({ stopAt }, `killed before operation ${stopAt}`)
    }
  })

  test('killed right after the disk refused an operation', async () => {
    for (let at = 1; at < operations; at += 1) {
      const refuse = { at, code: 'EIO', times: 1 } as const
      await expectSeenToStay({ refuse, stopAt: at + 1 }, `refused operation ${at}`)
    }
  })
})

describe('the disk refuses an operation of a working day', () => {
  const refusals = [
    { name: 'once, because it is full', code: 'ENOSPC', times: 1 },
    { name: 'once, with an error', code: 'EIO', times: 1 },
    { name: 'three times, with an error', code: 'EIO', times: 3 },
    { name: 'for good, because it is full', code: 'ENOSPC', times: Number.POSITIVE_INFINITY },
    { name: 'for good, with an error', code: 'EIO', times: Number.POSITIVE_INFINITY },
  ] as const
  for (const { name, code, times } of refusals) {
    test(name, async () => {
      for (let at = 1; at <= operations; at += 1) {
        const { disk, ledger } = await dayWithFaults({ refuse: { at, code, times } })
        disk.restart(at % 2 === 0 ? { kind: 'dropUnsynced' } : { kind: 'keepAll' })
        await expectWhole(disk, ledger, `${code} at operation ${at}`)
      }
    })
  }

  test('what was refused is not there while the store goes on', async () => {
    for (let at = 1; at <= 60; at += 1) {
      const disk = createFaultDisk()
      const ledger = newLedger()
      const store = await openLedger(disk)
      disk.setFaults({ refuse: { at, code: 'EIO', times: 1 } })
      for (let count = 0; count < 8; count += 1) await writeDeed(store, ledger, 900)
      await Promise.all([writeDeed(store, ledger), writeDeed(store, ledger), writeDeed(store, ledger)])
      disk.setFaults({})
      await writeDeed(store, ledger)
      expect(ledger.answered.has(ledger.tried), `refused at ${at}`).toBe(true)
      expect(await auditLedger(store, ledger, false), `refused at ${at}`).toEqual([])
      await store.close()
      disk.restart({ kind: 'dropUnsynced' })
      const after = await openLedger(disk)
      expect(await auditLedger(after, ledger, false), `refused at ${at}, opened again`).toEqual([])
    }
  })

  test('a full disk says so, and business goes on when there is room again', async () => {
    const disk = createFaultDisk()
    const ledger = newLedger()
    const store = await openLedger(disk)
    disk.setFaults({ refuse: { at: 1, code: 'ENOSPC', times: Number.POSITIVE_INFINITY } })
    const big = () => store.transaction(async (tx) => tx.run('INSERT INTO entry VALUES (1, 1, ?)', ['n'.repeat(9000)]))
    await expect(big()).rejects.toMatchObject({ code: 'store.diskFull' })
    await writeDeed(store, ledger)
    expect(ledger.answered.size).toBe(1)
    disk.setFaults({})
    await big()
    expect(await store.get('SELECT count(*) AS n FROM entry WHERE deed = 1 AND part = 1')).toEqual({ n: 2 })
  })
})
