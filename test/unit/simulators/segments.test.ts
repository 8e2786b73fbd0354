import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateProvinceTable } from '../../../scripts/segments/generate.ts'
import { importProvinceTable } from '../../../scripts/segments/import.ts'
import { msisdnSchema } from '../../../src/shared/domain/scalars.ts'
import { lookUpSegment, parseProvinceTable } from '../../../src/shared/domain/segments.ts'
import { prefixes } from './try-out-base.ts'

const shipped = new URL('../../../resources/segments/provinces.csv', import.meta.url)
const prefixFile = new URL('../../../resources/segments/prefixes.json', import.meta.url)
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segments-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the official prefix table', () => {
  const at = (msisdn: string) => lookUpSegment(msisdnSchema.parse(msisdn), { prefixes, provinces: new Map() })

  it('tells satellite numbers from the carrier whose prefix they share', () => {
    expect(at('13490000000')).toMatchObject({ error: { code: 'number.satellite' } })
    expect(at('13480000000')).toMatchObject({ error: { code: 'number.unknownSegment' } })
    expect(at('17400000000')).toMatchObject({ error: { code: 'number.satellite' } })
    expect(at('16190000000')).toMatchObject({ error: { code: 'number.satellite' } })
    expect(at('12345678901')).toMatchObject({ error: { code: 'number.unknownPrefix' } })
  })

  it.each([
    ['1703', 'CMCC'],
    ['1700', 'CTCC'],
    ['1704', 'CUCC'],
    ['1650', 'CMCC'],
    ['1620', 'CTCC'],
    ['1710', 'CUCC'],
  ])('marks %s as resale on %s', (start, host) => {
    const segment = `${start}000`
    const table = { prefixes, provinces: new Map([[segment, '11' as const]]) }
    const found = lookUpSegment(msisdnSchema.parse(`${segment}0000`), table)
    expect(found).toMatchObject({ value: { prefixCarrier: host, resale: true } })
  })
})

describe('the province table', () => {
  it('that ships is the generated one, says so, and covers 31 provinces', () => {
    const out = join(folder, 'provinces.csv')
    generateProvinceTable(prefixFile.pathname, out)
    const text = readFileSync(shipped, 'utf8')
    expect(readFileSync(out, 'utf8')).toBe(text)
    expect(text.split('\n')[0]).toMatch(/^# Generated for trying out.*NOT an official table/)
    const table = parseProvinceTable(text)
    expect(table.ok && new Set(table.value.values()).size).toBe(31)
  })

  it('is taken over from a file as a whole', () => {
    const file = join(folder, 'mine.csv')
    const out = join(folder, 'provinces.csv')
    writeFileSync(file, '# our table\r\nsegment,province\r\n1390351,14\r\n1330351,14\r\n')
    expect(importProvinceTable(file, out)).toEqual({ ok: true, segments: 2, provinces: 1 })
    expect(readFileSync(out, 'utf8')).toBe('# our table\nsegment,province\n1330351,14\n1390351,14\n')
  })

  it('stays as it is when any line is bad, and every bad line is named', () => {
    const file = join(folder, 'mine.csv')
    const out = join(folder, 'provinces.csv')
    writeFileSync(out, 'segment,province\n1390351,14\n')
    writeFileSync(file, 'segment,province\n1390351,14\n139035,14\n1390352,99\n1390351,11\n')
    const imported = importProvinceTable(file, out)
    expect(imported.ok ? [] : imported.problems.map((problem) => problem.split(': ')[0])).toEqual([
      `${file}:3`,
      `${file}:4`,
      `${file}:5`,
    ])
    expect(readFileSync(out, 'utf8')).toBe('segment,province\n1390351,14\n')
    expect(importProvinceTable(join(folder, 'none.csv'), out)).toMatchObject({ ok: false })
  })
})
