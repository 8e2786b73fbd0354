import { readFileSync } from 'node:fs'
import { parseProvinceTable } from '../../src/shared/domain/segments.ts'
import { writeAtomically } from './write-atomically.ts'

export type ImportOutcome = { ok: true; segments: number; provinces: number } | { ok: false; problems: string[] }

const mostProblems = 20

/**
 * Takes a province table over. All or nothing: a bad line (wrong segment, unknown province code, a segment given to two
 * provinces) is reported as `file:line: text` and the table in use stays as it is.
 */
export function importProvinceTable(file: string, out: string): ImportOutcome {
  let csv: string
  try {
    csv = readFileSync(file, 'utf8')
  } catch (error) {
    return { ok: false, problems: [`${file}: cannot be read (${(error as Error).message})`] }
  }
  const parsed = parseProvinceTable(csv)
  if (!parsed.ok) return { ok: false, problems: problemsOf(file, csv) }
  if (parsed.value.size === 0) return { ok: false, problems: [`${file}: no segment in it`] }
  const remarks = csv.split(/\r?\n/).filter((line) => line.startsWith('#'))
  const rows = [...parsed.value]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([segment, province]) => `${segment},${province}`)
  writeAtomically(out, `${[...remarks, 'segment,province', ...rows].join('\n')}\n`)
  return { ok: true, segments: parsed.value.size, provinces: new Set(parsed.value.values()).size }
}

/** The parser names the first bad line; taking that line out and parsing again finds the next. */
function problemsOf(file: string, csv: string): string[] {
  const lines = csv.split(/\r?\n/)
  const problems: string[] = []
  while (problems.length < mostProblems) {
    const parsed = parseProvinceTable(lines.join('\n'))
    if (parsed.ok) return problems
    const number = Number(parsed.error.params?.line)
    problems.push(
      `${file}:${number}: ${JSON.stringify(lines[number - 1])} is not "segment,province", or contradicts an earlier line`,
    )
    lines[number - 1] = ''
  }
  return [...problems, `${file}: more lines are bad; mend these first`]
}
