import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { programFailure, WrongCall } from '../../src/shared/command-line.ts'
import { exportLines, inspectFolder, verifyFolder } from './folder-report.ts'
import { setAsideLines } from './set-aside.ts'

const usage = `usage: node scripts/store/main.ts <command> <folder> [--key-file FILE]

  inspect   what the folder holds: files, generation, frames, schema, tables
  verify    reads every byte again; exit code 1 when something is wrong
  export    all tables as JSON lines on standard output: {"table", "row"}
  set-aside what can be read of damaged files that were set aside, as JSON lines: {"file", "sequence", "writes"}

The folder is a counter's data folder or the store in it. The key file is the counter.key of a counter in a browser, taken from beside the
store when none is named, or holds the store's key alone: 32 bytes, raw or as hexadecimal or base64 text.
Reading only: nothing in the folder is changed, and a running counter may keep it open.
`

/** The store in a folder: the folder itself, or below it as a counter, or `npm start`, keeps it. */
function storeIn(folder: string): string {
  const places = [folder, join(folder, 'store'), join(folder, 'counter', 'store')]
  return places.find((place) => existsSync(join(place, 'store.keys'))) ?? folder
}

/** The key file beside a store. Throws WrongCall when there is none: a key kept by the system is not lying about. */
function keyBeside(store: string): string {
  const path = join(dirname(store), 'counter.key')
  if (existsSync(path)) return path
  throw new WrongCall(`no counter.key lies beside ${store}; name the key with --key-file`)
}

/** The store's key from the text of a counter's own key file; undefined when it is no such file. */
function boxedKey(text: string): string | undefined {
  try {
    const { storeKey } = JSON.parse(text) as { storeKey?: unknown }
    return typeof storeKey === 'string' ? storeKey : undefined
  } catch {
    return undefined
  }
}

/** The key from a file: a counter's key file, 32 raw bytes, or text that decodes to them. Throws when it is none of them. */
function readKey(path: string): Uint8Array {
  const bytes = readFileSync(path)
  if (bytes.length === 32) return bytes
  const whole = bytes.toString('utf8').trim()
  const text = boxedKey(whole) ?? whole
  const decoded = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (decoded.length !== 32) throw new Error('the key file does not hold 32 bytes')
  return decoded
}

const commands = ['inspect', 'verify', 'export', 'set-aside']

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'key-file': { type: 'string' } } })
  const [command, given] = positionals
  if (!given || positionals.length !== 2 || !commands.includes(command ?? '')) {
    process.stderr.write(usage)
    return 2
  }
  const folder = storeIn(given)
  const key = readKey(values['key-file'] ?? keyBeside(folder))
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

// Whoever reads the lines may have enough: `export … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') console.error(error.message)
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

try {
  process.exitCode = await main()
} catch (error) {
  const { text, exitCode } = programFailure(error, usage)
  process.stderr.write(`${text}\n`)
  process.exitCode = exitCode
}
