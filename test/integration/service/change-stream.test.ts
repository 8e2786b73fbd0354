import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { appendChange } from '../../../service/src/changes/append-change.ts'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type { ChangeContent } from '../../../src/shared/protocol/changes.ts'
import { followStream } from '../../support/change-stream.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import { handIn, prepareCase } from '../../support/counter-journey.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'
import { startServiceOn } from '../../support/service-world.ts'

const until = (check: () => boolean) => vi.waitFor(() => expect(check()).toBe(true), { timeout: 30_000, interval: 20 })

onBothDatabases('the stream of changes', (suite) => {
  it('says first how things stand, then tells of an order as it happens, and goes on after the last event', async () => {
    const { counter, world, service } = suite()
    const stream = await followStream(counter, { at: service.url })
    expect(stream.status).toBe(200)
    await until(() => stream.events.length > 0)
    expect(stream.events[0]).toMatchObject({ event: 'status', status: { acceptedJobs: expect.any(Number) } })
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    await until(() => stream.sequences().length >= 2)
    stream.close()
    await stream.ended
    const seen = stream.sequences()
    expect(seen).toEqual(seen.map((_, index) => index + 1))
    const rest = await followStream(counter, { at: service.url, lastEventId: stream.lastId! })
    const { value } = (await counter.changes(0)) as { value: { cursor: number } }
    await until(() => rest.events.length > 0 && (rest.sequences().at(-1) ?? seen.at(-1)!) >= value.cursor)
    expect([...seen, ...rest.sequences()].slice(0, value.cursor)).toEqual(
      Array.from({ length: value.cursor }, (_, index) => index + 1),
    )
    rest.close()
  })

  it('begins again when it is asked for what nobody remembers, and refuses strangers', async () => {
    const { counter, service } = suite()
    const lost = await followStream(counter, { at: service.url, after: 1_000_000 })
    await lost.ended
    expect(lost.events.map(({ event }) => event)).toEqual(['restart', 'end'])
    const other = await followStream(counter, { at: service.url, lastEventId: '1/another history' })
    await other.ended
    expect(other.events[0]).toEqual({ event: 'restart' })
    const stranger = await createCounterClient(service.url)
    expect((await followStream(stranger, { at: service.url })).status).toBe(401)
  })

  it('gives a device one stream: the newer ends the older', async () => {
    const { counter, service } = suite()
    const older = await followStream(counter, { at: service.url })
    await until(() => older.events.length > 0)
    const newer = await followStream(counter, { at: service.url })
    await older.ended
    expect(older.events.at(-1)).toEqual({ event: 'end', reason: 'replaced' })
    await until(() => newer.events.length > 0)
    newer.close()
  })

  it('has no gap and no repetition while many commit at once, at two processes, across reconnections', async (context) => {
    const { chengdu: counter, world, database, look, service } = suite()
    if (!look) return context.skip('PGlite lets one process in')
    const second = await startServiceOn(world, database, {
      timing: { changesPollMs: 20, streamHeartbeatSeconds: 1 },
    } as never)
    const writers = await openDatabase({ ...database, poolSize: 10 } as never)
    try {
      const before = (await counter.changes(0)) as { value: { cursor: number } }
      const from = before.value.cursor
      const start = { after: from }
      const here = await followStream(counter, { at: service.url, ...start })
      let there = await followStream(counter, { at: second.url, ...start })
      const seenThere: number[] = []
      const write = (index: number) =>
        writers.db.transaction().execute(async (tx) => {
          const storeId = index % 4 === 0 ? 'WH-GGA' : 'CD-CXL'
          const rules = { setDigest: 'f'.repeat(64) }
          const change = { at: instant(Date.now()), kind: 'rules' as const, rules } satisfies {
            at: number
          } & ChangeContent
          await appendChange(tx, storeId, change)
          // Others wait for the number meanwhile; every tenth gives it back.
          await pause(Math.random() * 8)
          if (index % 7 === 0) throw new Error('thought better of it')
        })
      let written = 0
      const total = 200
      const writing = Promise.all(
        Array.from({ length: 10 }, async (_, writer) => {
          for (let index = writer; index < total; index += 10)
            await write(index).then(
              () => {
                if (index % 4 !== 0) written += 1
              },
              () => {},
            )
        }),
      )
      let lastEventId: string | undefined
      for (let reconnects = 0; reconnects < 4; reconnects += 1) {
        await pause(120)
        there.close()
        await there.ended
        seenThere.push(...there.sequences())
        // A stream that was cut before it told anything leaves the place where it began.
        lastEventId = there.lastId ?? lastEventId
        there = await followStream(counter, { at: second.url, ...(lastEventId ? { lastEventId } : start) })
      }
      await writing
      await until(() => here.sequences().length >= written)
      await until(() => seenThere.length + there.sequences().length >= written)
      expect(written).toBeGreaterThan(100)
      const expected = Array.from({ length: written }, (_, index) => from + index + 1)
      expect(here.sequences()).toEqual(expected)
      expect([...seenThere, ...there.sequences()]).toEqual(expected)
      here.close()
      there.close()
    } finally {
      await writers.close()
      await second.close()
    }
  })

  it('ends when its device is revoked, when its time is over and when the service closes', async (context) => {
    const { world, database, look } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can look in')
    const quick = await startServiceOn(world, database, {
      timing: { streamHeartbeatSeconds: 0.2, streamLifeSeconds: 1.5 },
    } as never)
    const counter = await createCounterClient(quick.url)
    await counter.enrol(enrolment.second)
    const long = await followStream(counter, { at: quick.url })
    await long.ended
    expect(long.events.filter(({ event }) => event === 'status').length).toBeGreaterThan(2)
    expect(long.events.at(-1)).toEqual({ event: 'end', reason: 'expired' })
    const revoked = await followStream(counter, { at: quick.url })
    await until(() => revoked.events.length > 0)
    await look.db.updateTable('device').set({ revoked_at: 1 }).where('device_id', '=', 'SZ-HQB-2').execute()
    await revoked.ended
    expect(revoked.events.at(-1)).toEqual({ event: 'end', reason: 'deviceUnknown' })
    await look.db.updateTable('device').set({ revoked_at: null }).where('device_id', '=', 'SZ-HQB-2').execute()
    const last = await followStream(counter, { at: quick.url })
    await until(() => last.events.length > 0)
    await quick.close()
    await last.ended
    expect(last.events.at(-1)).toEqual({ event: 'end', reason: 'closing' })
  })
})
