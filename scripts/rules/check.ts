import { relative } from 'node:path'
import type { RuleLanguage } from '../../src/shared/domain/rules/bilingual.ts'
import { checkPacks } from '../../src/shared/domain/rules/check/check-packs.ts'
import { findingLine, findingSeverities } from '../../src/shared/domain/rules/check/finding.ts'
import { readPackFolder } from './read-folder.ts'
import { say } from './words.ts'

/** Checks a folder of packs and prints what it finds, each with file, line and column. Answers the exit code. */
export function check(folder: string, language: RuleLanguage, print: (line: string) => void): number {
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
  const where = `${relative(process.cwd(), folder) || '.'}/`
  for (const finding of findings) print(findingLine(finding, language, where))
  const errors = findings.filter(({ code }) => findingSeverities[code] === 'error').length
  print(say(language, 'checked', { packs, rules, cases, errors, warnings: findings.length - errors }))
  return errors > 0 ? 1 : 0
}
