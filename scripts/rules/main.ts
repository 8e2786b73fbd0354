import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { check } from './check.ts'
import { quote } from './quote.ts'
import { type Language, say } from './words.ts'

const usage = `Rule packs: check them, and price an agreement by them. docs/guide/rule-packs.md tells how to write one.

  npm run rules -- check [folder] [--language zh-CN|en]
      Reads every pack of a folder (resources/rule-packs), runs the test cases inside, and tells what is wrong, with file and line.
  npm run rules -- quote --pack ID|FILE --agreement FILE [--on YYYY-MM-DD] [--devices-returned N]
                         [--carrier CMCC --province 23] [--language zh-CN|en] [--json]
      Prices one agreement with every step, the other rules that apply, and what waiting brings.

Exit codes: 0 well, 1 errors found or not to be priced, 2 the call or a file is wrong.`

const shipped = fileURLToPath(new URL('../../resources/rule-packs', import.meta.url))

/** Runs the command line; answers the exit code. */
function main(): number {
  const print = (line: string) => console.log(line)
  let parsed: ReturnType<typeof read>
  try {
    parsed = read()
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  const { values, positionals } = parsed
  const language = values.language as Language
  if (language !== 'zh-CN' && language !== 'en') {
    console.error(say('en', 'badLanguage'))
    return 2
  }
  const [command, folder, ...rest] = positionals
  if (command === 'check' && rest.length === 0) return check(folder ?? shipped, language, print)
  if (command === 'quote' && folder === undefined && values.pack !== undefined && values.agreement !== undefined)
    return quote(
      {
        pack: values.pack,
        agreement: values.agreement,
        on: values.on,
        devicesReturned: values['devices-returned'],
        carrier: values.carrier,
        province: values.province,
        json: values.json,
      },
      shipped,
      language,
      Date.now(),
      print,
    )
  console.error(usage)
  return 2
}

function read() {
  return parseArgs({
    allowPositionals: true,
    options: {
      language: { type: 'string', default: 'en' },
      pack: { type: 'string' },
      agreement: { type: 'string' },
      on: { type: 'string' },
      'devices-returned': { type: 'string' },
      carrier: { type: 'string' },
      province: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
}

process.exitCode = main()
