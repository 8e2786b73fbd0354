import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import type { Surroundings } from './quiet.ts'
import { rounded } from './statistics.ts'

const root = resolve(import.meta.dirname, '../../..')

/** A measured thing: its name, what a commit of it survives, and named figures (units in their names). */
export interface Line {
  name: string
  durability?: string
  figures: Record<string, number>
}

/** Something that must hold: `ratios[key]` beside a limit. */
export interface Budget {
  key: string
  limit: number
  /** Whether the ratio must stay at or below the limit, or at or above it. */
  must: 'stay below' | 'reach'
}

export interface Report {
  name: string
  /** What was done, in a sentence. */
  what: string
  rounds: number
  /** What else the machine did before each round. */
  around: Surroundings[]
  lines: Line[]
  ratios: Record<string, number>
  budgets: Budget[]
  versions: Record<string, string>
}

/** Prints a table and writes `out/bench/<name>.json`. */
export function publish(report: Report): void {
  print(report)
  const folder = join(root, 'out/bench')
  mkdirSync(folder, { recursive: true })
  const { ratios, lines, around } = report
  const file = {
    ...report,
    around: around.map(({ load, idle }) => ({ load: Number(load.toFixed(2)), idle: Number(idle.toFixed(2)) })),
    lines: lines.map((line) => ({ ...line, figures: roundedAll(line.figures) })),
    ratios: roundedAll(ratios),
    machine: machine(),
    versions: { ...ownVersions(), ...report.versions },
    measuredAt: new Date().toISOString(),
  }
  writeFileSync(join(folder, `${report.name}.json`), `${JSON.stringify(file, undefined, 2)}\n`)
}

function roundedAll(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, rounded(value)]))
}

function machine() {
  const processors = cpus()
  return {
    platform: `${process.platform} ${release()} ${process.arch}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
  }
}

/** Node, SQLite in Node, sql.js, and the commit that was measured. */
function ownVersions(): Record<string, string> {
  return {
    node: process.versions.node,
    sqliteInNode: process.versions.sqlite ?? 'none',
    sqlJs: versionOf(join(root, 'node_modules/sql.js/package.json')),
    commit: commit(),
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

/** Version that an installed package states. */
export function versionOf(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version
}

function print(report: Report): void {
  const { name, what, rounds, around, lines, ratios, budgets } = report
  console.log(`\n${name}: ${what}`)
  console.log(
    `${rounds} rounds; idle before each: ${around.map(({ idle }) => `${Math.round(idle * 100)} %`).join(' ')}; load average ${around.map(({ load }) => load.toFixed(1)).join(' ')}\n`,
  )
  const columns = [...new Set(lines.flatMap((line) => Object.keys(line.figures)))]
  const rows = [
    ['', ...columns],
    ...lines.map((line) => [line.name, ...columns.map((column) => shown(line.figures[column]))]),
  ]
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)))
  for (const row of rows)
    console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
  console.log()
  for (const { name: who, durability } of lines) if (durability) console.log(`${who}: ${durability}`)
  console.log()
  for (const [key, value] of Object.entries(ratios)) {
    const budget = budgets.find((one) => one.key === key)
    console.log(`${key.padEnd(34)} ${String(rounded(value)).padStart(8)}  ${budget ? verdict(value, budget) : ''}`)
  }
}

function shown(value: number | undefined): string {
  return value === undefined ? '' : String(rounded(value))
}

function verdict(value: number, { limit, must }: Budget): string {
  const holds = must === 'reach' ? value >= limit : value <= limit
  return `${must === 'reach' ? '≥' : '≤'} ${limit}  ${holds ? 'holds' : 'MISSED'}`
}
