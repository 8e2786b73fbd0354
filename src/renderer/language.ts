import { useMemo } from 'react'
import { type Language, type Translate, translator } from '../shared/i18n/translate.ts'
import { useApp } from './app-store.ts'

/** The language before the core has said which one was chosen: the system's, Chinese when in doubt. */
export function firstLanguage(system: readonly string[]): Language {
  const known = system.find((tag) => /^(zh|en)/i.test(tag))
  return known && /^en/i.test(known) ? 'en' : 'zh-CN'
}

/** The language on screen. */
export function useLanguage(): Language {
  return useApp((state) => state.view?.language) ?? firstLanguage(navigator.languages)
}

/** The translator of the language on screen: `t('shell.help')`, `t('error.document.expired', { date })`. */
export function useT(): Translate {
  const language = useLanguage()
  return useMemo(() => translator(language), [language])
}
