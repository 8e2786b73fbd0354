import { afterAll, beforeAll, expect, test } from 'vitest'
import { paperKeysOf, paperName } from '../../../service/src/papers/paper-keys.ts'
import { resealPapers } from '../../../service/src/papers/reseal-papers.ts'
import { numberedId, openYearsOfWork, type YearsOfWork } from '../../support/years-of-work.ts'

const keys = { first: '11'.repeat(32), second: '22'.repeat(32) }

let years: YearsOfWork
beforeAll(async () => {
  years = await openYearsOfWork()
})
afterAll(() => years.database.close())

test('papers under an old key, or none, come under the current one batch by batch, and open as before', async () => {
  const { db } = years.database
  const said: object[] = []
  const log = { info() {}, warn() {}, error: (values: object) => said.push(values) }
  const old = paperKeysOf('first', keys)
  const put = (number: number, content: Uint8Array, keyId: string | null) =>
    db
      .insertInto('attachment')
      .values({
        attachment_id: numberedId(7000 + number),
        case_id: numberedId(1),
        kind: 'portrait',
        media_type: 'image/png',
        sha256: 'x',
        content,
        key_id: keyId,
        device_id: 'D',
        stored_at: years.now(),
      })
      .execute()
  for (let number = 1; number <= 45; number += 1)
    await put(number, old.seal(Buffer.from(`paper ${number}`), paperName(numberedId(7000 + number))).sealed, 'first')
  await put(46, Buffer.from('paper 46'), null)
  await put(47, Buffer.from('sealed by nobody we know'), 'lost')
  const papers = paperKeysOf('second', keys)
  const rounds: number[] = []
  for (let round = 0; round < 4; round += 1) rounds.push(await resealPapers({ db, papers, log }))
  expect(rounds).toEqual([20, 20, 6, 0])
  // The old key is not needed any more.
  const fresh = paperKeysOf('second', { second: keys.second })
  for (let number = 1; number <= 46; number += 1) {
    const row = await db
      .selectFrom('attachment')
      .select(['content', 'key_id'])
      .where('attachment_id', '=', numberedId(7000 + number))
      .executeTakeFirstOrThrow()
    const opened = fresh.open({ keyId: row.key_id!, sealed: row.content }, paperName(numberedId(7000 + number)))
    expect(Buffer.from(opened).toString()).toBe(`paper ${number}`)
  }
  expect(said).toContainEqual({ keys: ['lost'] })
})
