import { PGlite } from '@electric-sql/pglite'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { arrayOfBytes, arrayText } from '../../../service/src/database/array-text.ts'

let database: PGlite
beforeAll(async () => {
  database = await PGlite.create('memory://')
})
afterAll(() => database.close())

async function through(type: string, text: string | Buffer): Promise<unknown[]> {
  const { rows } = await database.query<{ cells: unknown[] }>(
    `select array_agg(cell order by place) as cells from unnest($1::${type}[]) with ordinality as given(cell, place)`,
    [text],
  )
  return rows[0]!.cells ?? []
}

it('lets PostgreSQL read back any list of texts, whatever they hold', async () => {
  // PostgreSQL keeps no text with a zero byte; schemas let none through.
  const cell = fc.option(
    fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
      fc.constantFrom(
        '',
        'null',
        'NULL',
        '{}',
        '\\',
        '"',
        '\\"',
        '\\n',
        '\n',
        'a,b',
        '“第一号”',
        '{"a":"\\u0041"}',
        ' x ',
      ),
      fc.json(),
    ),
    { nil: null },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1 }), async (cells) => {
      expect(await through('text', arrayText(cells))).toEqual(cells)
    }),
    { numRuns: 300 },
  )
})

it('carries numbers, bytes and nothing', async () => {
  expect(await through('bigint', arrayText([1, null, Number.MAX_SAFE_INTEGER, undefined]))).toEqual(
    // Beyond what a double holds exactly it would answer a BigInt.
    [1, null, Number.MAX_SAFE_INTEGER, null],
  )
  const bytes = [Uint8Array.of(0, 92, 34, 255), new Uint8Array(), new Uint8Array(70_000).fill(1)]
  expect(await through('bytea', arrayOfBytes(bytes))).toEqual(bytes)
  for (const none of [arrayText([]), arrayOfBytes([])]) expect(await through('bytea', none)).toEqual([])
})
