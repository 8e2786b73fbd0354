import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { payloadBytes } from './plain-statements.ts'

/** Where a pgbench is: on the path or among Debian's versioned folders. Undefined where there is none. */
export function findPgbench(): { program: string; version: string } | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  for (const program of ['pgbench', ...versions.map((version) => join(root, version, 'bin/pgbench'))]) {
    const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
    if (status === 0) return { program, version: stdout.trim() }
  }
  return undefined
}

/** The idempotent insert with its audit row, as pgbench runs it: statements prepared, a number per client. */
const script = `\\set number :number + 1
BEGIN;
INSERT INTO job VALUES (uuidv7(), 'P' || :client_id || '-' || :run, :number, uuidv7(), 'payment.take', repeat('x', ${payloadBytes}), 1793581200000) ON CONFLICT DO NOTHING;
INSERT INTO audit VALUES ('P' || :client_id || '-' || :run, :number, 1793581200000, 'S1', 'payment.taken', '{"amountFen":12800}', repeat('f', 64), repeat('f', 64));
COMMIT;
`

/** Runs pgbench with so many clients; returns transactions per second. */
export function runPgbench(
  program: string,
  folder: string,
  options: { url: string; clients: number; seconds: number; run: number },
): number {
  const file = join(folder, 'insert.sql')
  writeFileSync(file, script)
  const { url, clients, seconds, run } = options
  const output = execFileSync(
    program,
    [
      ...['--no-vacuum', '--protocol=prepared', `--client=${clients}`, '--jobs=2', `--time=${seconds}`],
      ...['--define=number=0', `--define=run=${run}`, `--file=${file}`, url],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const tps = /tps = ([\d.]+) \(without initial connection time\)/.exec(output)?.[1]
  if (!tps) throw new Error(`pgbench said:\n${output}`)
  return Number(tps)
}
