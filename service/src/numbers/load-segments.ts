import { readFile } from 'node:fs/promises'
import { parseProvinceTable, prefixFileSchema, type SegmentTable } from '../../../src/shared/domain/segments.ts'

/** Reads the prefix table (JSON) and the table of first seven digits (CSV). Throws, naming the file, when one is wrong. */
export async function loadSegments(files: { prefixes: string; provinces: string }): Promise<SegmentTable> {
  const prefixes = prefixFileSchema.safeParse(JSON.parse(await readFile(files.prefixes, 'utf8')))
  if (!prefixes.success) throw new Error(`${files.prefixes}: ${prefixes.error.issues[0]?.message}`)
  const provinces = parseProvinceTable(await readFile(files.provinces, 'utf8'))
  if (!provinces.ok) throw new Error(`${files.provinces}: wrong at line ${provinces.error.params?.line}`)
  return { prefixes: prefixes.data.prefixes, provinces: provinces.value }
}
