import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/main/core/storage/store.ts'
import { createFaultDisk, type FaultDisk } from '../support/fault-file-system.ts'
import { seeded } from '../support/seeded.ts'
import { auditLedger, folder, type Ledger, newLedger, openLedger, writeDeed } from './ledger.ts'

/** A store with two snapshots, several segments and frames after the newest snapshot. */
async function worn(): Promise<{ disk: FaultDisk; ledger: Ledger }> {
  const disk = createFaultDisk()
  const ledger = newLedger()
  const store = await openLedger(disk)
  for (let count = 0; count < 4; count += 1) await writeDeed(store, ledger)
  await store.snapshotNow()
  for (let count = 0; count < 4; count += 1) await writeDeed(store, ledger)
  await store.snapshotNow()
  for (let count = 0; count < 4; count += 1) await writeDeed(store, ledger)
  await store.close()
  return { disk, ledger }
}

/** Opens; a refusal to open counts as a report. */
async function open(disk: FaultDisk): Promise<Store | string> {
  try {
    return await openLedger(disk)
  } catch (error) {
    return (error as Error).message
  }
}

function path(disk: FaultDisk, kind: RegExp, fromEnd = 1): string {
  return disk
    .names()
    .filter((name) => kind.test(name))
    .at(-fromEnd)!
}

/** Where the frames of a segment begin. */
function frameStarts(bytes: Buffer): number[] {
  const starts: number[] = []
  for (let at = 4096; bytes.readUInt32LE(at) !== 0; ) {
    starts.push(at)
    at += (Math.floor((72 + bytes.readUInt32LE(at + 4)) / 8) + 1) * 8
  }
  return starts
}

describe('a changed bit anywhere', () => {
  test('loses nothing silently: it is without effect, made up for, or reported', async () => {
    const original = await worn()
    const chance = seeded(11)
    const tally = { harmless: 0, reported: 0, refused: 0 }
    for (const name of original.disk.names()) {
      const size = original.disk.size(name)
      const spots = new Set([0, 8, 16, 33, 40, 50, 81, 97, 110, size - 1].filter((spot) => spot >= 0 && spot < size))
      // A short file has fewer places than that.
      while (spots.size < Math.min(60, size))
        spots.add(Math.floor(chance() * (spots.size % 2 === 0 ? size : Math.min(size, 6500))))
      for (const spot of spots) {
        const disk = original.disk.clone()
        const bit = Math.floor(chance() * 8)
        disk.flipBit(name, spot, bit)
        const at = `${name}, byte ${spot}, bit ${bit}`
        const store = await open(disk)
        if (typeof store === 'string') {
          tally.refused += 1
          expect(['store.unreadable', 'store.wrongKey'], at).toContain(store)
          continue
        }
        const wrong = await auditLedger(store, original.ledger, true)
        if (store.opening.state === 'damaged') {
          tally.reported += 1
          if (store.opening.lostFrames === 0) expect(wrong, at).toEqual([])
          expect(store.opening.setAside.length, at).toBeGreaterThan(0)
        } else {
          tally.harmless += 1
          expect(wrong, at).toEqual([])
        }
        await store.close()
        const again = await openLedger(disk)
        expect(again.opening.state, at).toBe('clean')
        const later = newLedger()
        for (let generation = 0; generation < 2; generation += 1) {
          await writeDeed(again, later)
          await again.snapshotNow()
        }
        expect(later.refused.size, at).toBe(0)
        // By now no generation that is kept reaches back to the damaged place.
        expect((await again.verify()).problems, at).toEqual([])
        await again.close()
      }
    }
    expect(tally.refused).toBe(0)
    expect(tally.reported).toBeGreaterThan(50)
  })
})

describe('damage in particular places', () => {
  test('a damaged newest snapshot is made up for by the one before and the journal', async () => {
    const { disk, ledger } = await worn()
    const newest = path(disk, /snapshot/)
    disk.flipBit(newest, 5000, 3)
    const store = await openLedger(disk)
    expect(store.opening).toMatchObject({ state: 'damaged', lostFrames: 0 })
    expect(store.opening.state === 'damaged' && store.opening.setAside).toEqual([
      { file: newest.slice(folder.length + 1), movedTo: `set-aside/${newest.slice(folder.length + 1)}` },
    ])
    expect(await auditLedger(store, ledger, false)).toEqual([])
  })

  test('both snapshots damaged: the journal no longer reaches back, so opening is refused and nothing is touched', async () => {
    const { disk } = await worn()
    disk.flipBit(path(disk, /snapshot/, 1), 5000, 3)
    disk.flipBit(path(disk, /snapshot/, 2), 5000, 3)
    disk.removeFile(disk.names().find((name) => /journal-0/.test(name))!)
    const before = disk.names()
    expect(await open(disk)).toBe('store.unreadable')
    expect(disk.names()).toEqual(before)
  })

  test('a damaged transaction in the middle is reported, all others are salvaged', async () => {
    const { disk, ledger } = await worn()
    const journal = path(disk, /journal-0/)
    disk.flipBit(journal, 4096 + 100, 1)
    const store = await openLedger(disk)
    expect(store.opening).toMatchObject({ state: 'damaged', lostFrames: 1, salvagedFrames: 3 })
    const there = await store.query<{ deed: number }>('SELECT DISTINCT deed FROM entry ORDER BY deed')
    expect(there.map((row) => row.deed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12])
    expect(ledger.answered.size).toBe(12)
  })

  test('the same with the header of a frame, behind which the next frame has to be found', async () => {
    const { disk } = await worn()
    disk.flipBit(path(disk, /journal-0/), 4096 + 5, 1)
    const store = await openLedger(disk)
    expect(store.opening).toMatchObject({ state: 'damaged', lostFrames: 1, salvagedFrames: 3 })
  })

  test('a damaged last transaction is not taken for one that never finished', async () => {
    const { disk } = await worn()
    const journal = path(disk, /journal-0/)
    const file = disk.files.open(journal, 'read')
    const bytes = file.read(0, file.size())
    let last = bytes.length - 1
    while (bytes[last] === 0) last -= 1
    disk.flipBit(journal, last - 60, 1)
    const store = await openLedger(disk)
    expect(store.opening).toMatchObject({ state: 'damaged', lostFrames: 1, salvagedFrames: 3 })
  })

  test('a frame copied from elsewhere, or two exchanged, do not pass', async () => {
    const { disk } = await worn()
    const journal = path(disk, /journal-0/)
    const file = disk.files.open(journal, 'readWrite')
    const length = file.read(4096 + 4, 4).readUInt32LE(0)
    const frame = (Math.floor((72 + length) / 8) + 1) * 8
    const first = file.read(4096, frame)
    const second = file.read(4096 + frame, frame)
    file.write(second, 4096)
    file.write(first, 4096 + frame)
    const store = await openLedger(disk)
    expect(store.opening.state).toBe('damaged')
  })

  test('a frame of another history of the same store does not pass for the one that stood there', async () => {
    const { disk, ledger } = await worn()
    const other = disk.clone()
    const names = [disk, other].map((one) => path(one, /journal-0/))
    for (const [index, one] of [disk, other].entries()) {
      const store = await openLedger(one)
      const books = { ...newLedger(), tried: 100 * (index + 1) }
      await writeDeed(store, books)
      await writeDeed(store, books)
      await store.close()
    }
    const [mine, theirs] = [disk, other].map((one, index) => one.files.open(names[index]!, 'readWrite'))
    const bytes = mine!.read(0, mine!.size())
    const at = frameStarts(bytes)
    expect(at).toHaveLength(6)
    mine!.write(theirs!.read(at[4]!, at[5]! - at[4]!), at[4]!)
    const store = await openLedger(disk)
    expect(store.opening.state).toBe('damaged')
    expect((await auditLedger(store, ledger, false)).filter((line) => line.includes('lost'))).toEqual([])
  })

  test('a missing segment is reported with the number of transactions it held', async () => {
    const disk = createFaultDisk()
    const ledger = newLedger()
    const store = await openLedger(disk)
    for (let count = 0; count < 12; count += 1) await writeDeed(store, ledger, 400)
    await store.close()
    const journals = disk.names().filter((name) => /journal-0/.test(name))
    expect(journals.length).toBeGreaterThan(3)
    disk.removeFile(journals[1]!)
    const after = await openLedger(disk)
    if (after.opening.state !== 'damaged') throw new Error('not reported')
    expect(after.opening.lostFrames).toBeGreaterThan(0)
    const there = await after.query('SELECT DISTINCT deed FROM entry')
    expect(there.length + after.opening.lostFrames).toBe(12)
  })

  test('a journal that is gone altogether is reported', async () => {
    const { disk } = await worn()
    for (const name of disk.names()) if (/journal-0/.test(name)) disk.removeFile(name)
    const store = await openLedger(disk)
    expect(store.opening.state).toBe('damaged')
  })

  test('one copy of the keys is enough, and the other is restored from it', async () => {
    for (const name of ['store.keys', 'store.keys.spare']) {
      const { disk, ledger } = await worn()
      disk.flipBit(`${folder}/${name}`, 20, 2)
      const store = await openLedger(disk)
      expect(await auditLedger(store, ledger, false)).toEqual([])
      await store.close()
      disk.removeFile(`${folder}/${name === 'store.keys' ? 'store.keys.spare' : 'store.keys'}`)
      expect(typeof (await open(disk))).toBe('object')
    }
  })

  test('power cut while damage is being dealt with: reported again, never forgotten', async () => {
    for (let stopAt = 5; stopAt < 60; stopAt += 1) {
      const { disk } = await worn()
      disk.flipBit(path(disk, /journal-0/), 4096 + 100, 1)
      disk.setFaults({ stopAt })
      const first = await open(disk)
      if (typeof first !== 'string') {
        expect(first.opening.state).toBe('damaged')
        break
      }
      disk.restart(stopAt % 2 === 0 ? { kind: 'dropUnsynced' } : { kind: 'keepAll' })
      const store = await openLedger(disk)
      const movedAlready = disk.names().some((name) => name.includes('set-aside'))
      expect(store.opening.state === 'damaged' || movedAlready, `stopped at ${stopAt}`).toBe(true)
      expect(await store.query('SELECT DISTINCT deed FROM entry')).toHaveLength(11)
    }
  })
})
