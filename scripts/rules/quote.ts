import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { parseDate, type ShanghaiDate, shanghaiDate, startOfDay } from '../../src/shared/domain/calendar.ts'
import { type Carrier, carriers, type Province, provinces } from '../../src/shared/domain/geography.ts'
import { quotePenalty } from '../../src/shared/domain/penalty-quote.ts'
import type { Failure } from '../../src/shared/domain/result.ts'
import { assemblePacks } from '../../src/shared/domain/rules/assemble-packs.ts'
import type { RuleLanguage } from '../../src/shared/domain/rules/bilingual.ts'
import { resolveRules } from '../../src/shared/domain/rules/resolve-rules.ts'
import { packScope, type RulePack, type RulePlace } from '../../src/shared/domain/rules/rule-pack.ts'
import { waitingEffect } from '../../src/shared/domain/rules/waiting-effect.ts'
import { isMessageKey, translate } from '../../src/shared/i18n/translate.ts'
import { quoteText } from './quote-text.ts'
import { readAgreement } from './read-agreement.ts'
import { readPackFolder } from './read-folder.ts'
import { say } from './words.ts'

/** What the command line says. */
export interface QuoteWishes {
  /** A pack id (`cn-cmcc-23`) or the file of a pack; its folder holds the packs it extends. */
  pack: string
  agreement: string
  on: string | undefined
  devicesReturned: string | undefined
  carrier: string | undefined
  province: string | undefined
  json: boolean
}

/** The packs of the folder a wish points into, and the id of the pack meant. */
function packsOf(pack: string, shipped: string): { packs: RulePack[]; id: string } {
  const isFile = pack.endsWith('.json') || existsSync(pack)
  const files = readPackFolder(isFile ? dirname(pack) : shipped)
  const packs = assemblePacks(files.map(({ name, text }) => ({ name, value: JSON.parse(text) as unknown })))
  if (!isFile) return { packs, id: pack }
  const name = basename(pack)
  const { id } = JSON.parse(files.find((file) => file.name === name)?.text ?? '{}') as { id?: string }
  return { packs, id: id ?? name }
}

function placeOf(id: string, wishes: QuoteWishes): RulePlace | undefined {
  const scope = packScope(id)
  const carrier = scope.carrier ?? carriers.find((each) => each === wishes.carrier?.toUpperCase())
  const province = scope.province ?? provinces.find((each) => each === wishes.province)
  return carrier && province ? { carrier: carrier as Carrier, province: province as Province } : undefined
}

function sentenceOf({ code, params }: Failure, language: RuleLanguage): string {
  const key = `error.${code}`
  return isMessageKey(key) ? translate(language, key, params) : code
}

/**
 * Prices an agreement by a pack and prints the derivation. Answers the exit code: 0 priced, 1 the rules refuse to price it, 2 the call
 * or a file is wrong.
 */
export function quote(
  wishes: QuoteWishes,
  shipped: string,
  language: RuleLanguage,
  now: number,
  print: (line: string) => void,
): number {
  const wrong = (word: Parameters<typeof say>[1], values: Record<string, string | number> = {}) => {
    print(say(language, word, values))
    return 2
  }
  const on = wishes.on === undefined ? shanghaiDate(now) : parseDate(wishes.on)
  if (!on) return wrong('badDay', { value: wishes.on! })
  const devicesReturned = Number(wishes.devicesReturned ?? 0)
  if (!Number.isSafeInteger(devicesReturned) || devicesReturned < 0)
    return wrong('badCount', { value: wishes.devicesReturned! })
  const agreement = readAgreement(wishes.agreement, language)
  if (typeof agreement === 'string') {
    print(agreement)
    return 2
  }
  let found: { packs: RulePack[]; id: string }
  try {
    found = packsOf(wishes.pack, shipped)
  } catch (error) {
    return wrong('badPack', { message: error instanceof Error ? error.message : String(error) })
  }
  const { packs, id } = found
  if (!packs.some((pack) => pack.id === id)) return wrong('noSuchPack', { pack: wishes.pack })
  const place = placeOf(id, wishes)
  if (!place) return wrong('needPlace', { pack: id })
  const rules = resolveRules(packs, place, on as ShanghaiDate)
  const priced = rules.ok ? quotePenalty({ agreement, rules: rules.value, at: startOfDay(on), devicesReturned }) : rules
  if (!priced.ok) {
    print(say(language, 'refused', { message: sentenceOf(priced.error, language) }))
    return 1
  }
  const waiting = waitingEffect({ agreement, packs, place, on, devicesReturned })
  if (wishes.json) print(JSON.stringify({ quote: priced.value, waiting }, null, 2))
  else for (const line of quoteText(priced.value, waiting, on, language)) print(line)
  return 0
}
