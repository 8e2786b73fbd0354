import { readFileSync } from 'node:fs'
import { planSegments } from '../../service/simulators/base/segment-plan.ts'
import { prefixFileSchema } from '../../src/shared/domain/segments.ts'
import { writeAtomically } from './write-atomically.ts'

const remarks = [
  '# Generated for trying out, together with the generated subscribers. This is NOT an official table:',
  '# real segments belong to other provinces. Replace it with your own: npm run segments -- import <file.csv>',
  '# 试用数据，与生成的用户资料配套，不是官方号段表；正式使用前请导入贵方的号段表。',
]

/** Writes the province table of the try-out world; returns the number of segments. */
export function generateProvinceTable(prefixFile: string, out: string): number {
  const { prefixes } = prefixFileSchema.parse(JSON.parse(readFileSync(prefixFile, 'utf8')))
  const plan = planSegments(prefixes)
  const rows = plan.map(({ segment, province }) => `${segment},${province}`).sort()
  writeAtomically(out, `${[...remarks, 'segment,province', ...rows].join('\n')}\n`)
  return rows.length
}
