import { z } from 'zod'

/** A text of a pack in both languages; neither may be missing. */
export const bilingualSchema = z.object({ zh: z.string().trim().min(1), en: z.string().trim().min(1) }).strict()
export type Bilingual = z.infer<typeof bilingualSchema>

/** The two languages in which rules are written and checked. */
export const ruleLanguages = ['zh-CN', 'en'] as const
export type RuleLanguage = (typeof ruleLanguages)[number]

/** A text in one of its languages, with `{name}` replaced by the value of that name; a name without a value stays as it is. */
export function sayIn(
  text: Readonly<Bilingual>,
  language: RuleLanguage,
  valueNamed: (name: string, words: keyof Bilingual) => string | number | undefined,
): string {
  const words = language === 'zh-CN' ? 'zh' : 'en'
  return text[words].replace(/\{(\w+)\}/g, (whole, name: string) => String(valueNamed(name, words) ?? whole))
}
