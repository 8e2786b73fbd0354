import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type RuleLanguage, ruleLanguages } from '../../src/shared/domain/rules/bilingual.ts'
import { check } from './check.ts'
import { quote } from './quote.ts'
import { seal } from './seal.ts'
import { say, type Word } from './words.ts'

const usage = `Rule packs: check them, and price an agreement by them. docs/guide/rule-packs.md tells how to write one.

  npm run rules -- check [folder] [--language zh-CN|en]
      Reads every pack of a folder (resources/rule-packs), runs the test cases inside, and tells what is wrong, with file and line.
  npm run rules -- quote --pack ID|FILE --agreement FILE [--on YYYY-MM-DD] [--devices-returned N]
                         [--carrier CMCC --province 23] [--language zh-CN|en] [--json]
      Prices one agreement with every step, the other rules that apply, and what waiting brings.
  npm run rules -- seal [folder] [--language zh-CN|en]
      Checks a folder and writes the digest of every version into its versions.lock; a sealed version never changes again.
  npm run rules -- help

Exit codes: 0 well, 1 errors found or not to be priced, 2 the call or a file is wrong.`

const shipped = fileURLToPath(new URL('../../resources/rule-packs', import.meta.url))

const options = {
  language: { type: 'string', default: 'en' },
  help: { type: 'boolean', short: 'h', default: false },
  pack: { type: 'string' },
  agreement: { type: 'string' },
  on: { type: 'string' },
  'devices-returned': { type: 'string' },
  carrier: { type: 'string' },
  province: { type: 'string' },
  json: { type: 'boolean' },
} as const
/** Options that only `quote` understands. */
const ofQuote = ['pack', 'agreement', 'on', 'devices-returned', 'carrier', 'province', 'json'] as const

const read = () => parseArgs({ allowPositionals: true, options })

/** Runs the command line; answers the exit code. */
async function main(): Promise<number> {
  const print = (line: string) => console.log(line)
  let parsed: ReturnType<typeof read>
  try {
    parsed = read()
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
  const { values, positionals } = parsed
  const language = ruleLanguages.find((each) => each === values.language)
  if (!language) {
    console.error(say('en', 'badLanguage'))
    return 2
  }
  const [command, folder, ...rest] = positionals
  if (values.help || command === 'help') {
    print(usage)
    return 0
  }
  const wrong = (word: Word, params: Record<string, string> = {}) => refuse(say(language, word, params))
  if (command === undefined) return wrong('needCommand')
  if (command === 'check' || command === 'seal') {
    const option = ofQuote.find((name) => values[name] !== undefined)
    if (option) return wrong('wrongOption', { command, option: `--${option}` })
    if (rest.length > 0) return wrong('wrongCall', { command })
    return command === 'seal' ? seal(folder ?? shipped, language, print) : check(folder ?? shipped, language, print)
  }
  if (command !== 'quote') return wrong('unknownCommand', { command })
  if (folder !== undefined) return wrong('wrongCall', { command })
  if (values.pack === undefined) return wrong('needOption', { command, option: '--pack' })
  if (values.agreement === undefined) return wrong('needOption', { command, option: '--agreement' })
  return price({ ...values, pack: values.pack, agreement: values.agreement }, language, print)
}

/** Tells what is wrong with the call, and how it is called. */
function refuse(message: string): number {
  console.error(`${message}\n\n${usage}`)
  return 2
}

function price(
  values: ReturnType<typeof read>['values'] & { pack: string; agreement: string },
  language: RuleLanguage,
  print: (line: string) => void,
): number {
  const wishes = {
    pack: values.pack,
    agreement: values.agreement,
    on: values.on,
    devicesReturned: values['devices-returned'],
    carrier: values.carrier,
    province: values.province,
    json: values.json ?? false,
  }
  return quote(wishes, shipped, language, Date.now(), print)
}

process.exitCode = await main()
