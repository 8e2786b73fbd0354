import { en } from './en/index.ts'
import { zhCN } from './zh-CN/index.ts'

export type Language = 'zh-CN' | 'en'
/** Every sentence of the product by its key; a key missing in one language does not compile. */
export type MessageKey = keyof typeof zhCN
export type MessageParams = Record<string, string | number>
export type Translate = (key: MessageKey, params?: MessageParams) => string

const messages: Record<Language, Record<string, string>> = { 'zh-CN': zhCN, en }
const pluralRules = { 'zh-CN': new Intl.PluralRules('zh-CN'), en: new Intl.PluralRules('en') }

/**
 * The sentence for a key with `{name}` replaced by its value. English plurals: `{count|case|cases}`.
 * A value that is not given stays visible as `{name}`, so that a mistake shows instead of an empty gap.
 */
export function translate(language: Language, key: MessageKey, params: MessageParams = {}): string {
  return messages[language][key]!.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g,
    (whole, name: string, one?: string, other?: string) => {
      const value = params[name]
      if (value === undefined) return whole
      if (one === undefined || other === undefined) return String(value)
      return pluralRules[language].select(Number(value)) === 'one' ? one : other
    },
  )
}

/** A translator bound to a language. */
export function translator(language: Language): Translate {
  return (key, params) => translate(language, key, params)
}

/** True when a text is a key with a sentence, for keys built from codes at run time. */
export function isMessageKey(key: string): key is MessageKey {
  return key in zhCN
}
