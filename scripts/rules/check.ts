import { relative } from 'node:path'
import { checkPacks } from '../../src/shared/domain/rules/check/check-packs.ts'
import { findingSeverities, findingText } from '../../src/shared/domain/rules/check/finding.ts'
import { readPackFolder } from './read-folder.ts'
import { type Language, say } from './words.ts'

/** Checks a folder of packs and prints what it finds, each with file, line and column. Answers the exit code. */
export function check(folder: string, language: Language, print: (line: string) => void): number {
  let files: ReturnType<typeof readPackFolder>
  try {
    files = readPackFolder(folder)
  } catch (error) {
    print(say(language, 'noFolder', { folder, message: error instanceof Error ? error.message : String(error) }))
    return 2
  }
  if (files.length === 0) {
    print(say(language, 'noPacks', { folder }))
    return 2
  }
  const { packs, rules, cases, findings } = checkPacks(files)
  for (const finding of findings) {
    const { file, line, column, code } = finding
    const where = `${relative(process.cwd(), folder) || '.'}/${file}:${line}:${column}`
    print(`${where} ${say(language, findingSeverities[code])} ${code}: ${findingText(finding, language)}`)
  }
  const errors = findings.filter(({ code }) => findingSeverities[code] === 'error').length
  print(say(language, 'checked', { packs, rules, cases, errors, warnings: findings.length - errors }))
  return errors > 0 ? 1 : 0
}
