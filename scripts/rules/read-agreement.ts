import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type Agreement, agreementSchema } from '../../src/shared/domain/account.ts'
import type { RuleLanguage } from '../../src/shared/domain/rules/bilingual.ts'
import { readJson } from '../../src/shared/domain/rules/check/json-positions.ts'
import { say } from './words.ts'

/** An agreement to be priced: what a home province would send; id and name may be left out. */
const sampleSchema = z
  .object({
    ...agreementSchema.shape,
    id: z.string().min(1).default('sample'),
    name: z.string().min(1).optional(),
    terms: agreementSchema.shape.terms.default({}),
  })
  .strict()

/** Reads an agreement from a JSON file; a text where something is wrong says what and in which line. */
export function readAgreement(file: string, language: RuleLanguage): Agreement | string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return say(language, 'noFile', { file, message: error instanceof Error ? error.message : String(error) })
  }
  const json = readJson(text)
  const wrong = (position: { line: number; column: number }, path: string, message: string) =>
    say(language, 'badAgreement', { file, ...position, path, message })
  if (!json.ok) return wrong(json.position, '', json.message)
  const parsed = sampleSchema.safeParse(json.value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    return wrong(json.locate(issue.path), issue.path.join('.'), issue.message)
  }
  return { ...parsed.data, name: parsed.data.name ?? parsed.data.agreementType }
}
