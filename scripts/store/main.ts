import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { programFailure } from '../../src/shared/command-line.ts'
import { exportLines, inspectFolder, verifyFolder } from './folder-report.ts'
import { setAsideLines } from './set-aside.ts'

const usage = `usage: node scripts/store/main.ts <command> <folder> --key-file FILE

  inspect   what the folder holds: files, generation, frames, schema, tables
  verify    reads every byte again; exit code 1 when something is wrong
  export    all tables as JSON lines on standard output: {"table", "row"}
  set-aside what can be read of damaged files that were set aside, as JSON lines: {"file", "sequence", "writes"}

The key file holds the store's key: 32 bytes, raw or as hexadecimal or base64 text.
Reading only: nothing in the folder is changed, and a running counter may keep it open.
`

/** The key from a file: 32 raw bytes, or text that decodes to them. Throws when it is neither. */
function readKey(path: string): Uint8Array {
  const bytes = readFileSync(path)
  if (bytes.length === 32) return bytes
  const text = bytes.toString('utf8').trim()
  const decoded = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (decoded.length !== 32) throw new Error('the key file does not hold 32 bytes')
  return decoded
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'key-file': { type: 'string' } } })
  const [command, folder] = positionals
  const keyFile = values['key-file']
  if (!folder || !keyFile || positionals.length !== 2) {
    process.stderr.write(usage)
    return 2
  }
  const key = readKey(keyFile)
  switch (command) {
    case 'inspect': {
      const report = await inspectFolder(folder, key)
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
      return 0
    }
    case 'verify': {
      const report = await verifyFolder(folder, key)
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
      return report.ok ? 0 : 1
    }
    case 'export': {
      for (const line of await exportLines(folder, key)) process.stdout.write(`${line}\n`)
      return 0
    }
    case 'set-aside': {
      for (const line of setAsideLines(folder, key)) process.stdout.write(`${line}\n`)
      return 0
    }
    default:
      process.stderr.write(usage)
      return 2
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  const { text, exitCode } = programFailure(error, usage)
  process.stderr.write(`${text}\n`)
  process.exitCode = exitCode
}
