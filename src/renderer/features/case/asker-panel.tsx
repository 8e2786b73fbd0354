import { askers } from '../../../shared/domain/asker.ts'
import { useLanguage, useT } from '../../language.ts'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { Chips } from './chips.tsx'
import { useAskerChoice } from './use-asker-choice.ts'
import { useCase } from './use-case.ts'

/** Who asks: keys 1 to 6, with Alt also while a field has the focus. Says why where the home province does not accept somebody. */
export function AskerPanel() {
  const t = useT()
  const language = useLanguage()
  const { view } = useCase()
  const { kind, rule } = view.progress.asker
  const choose = useAskerChoice()
  useKeys(askers.map((asker, index) => ({ key: `Alt+${index + 1}`, run: () => choose(asker) })))
  const words = (text: { zh: string; en: string }) => (language === 'en' ? text.en : text.zh)
  return (
    <Panel
      title={t('case.asker.title')}
      tag={rule?.assumed ? <Tag tone="waits">{t('case.asker.assumed')}</Tag> : undefined}
      aside={t('case.asker.keys')}
    >
      <div className="case-stack">
        <Chips
          label={t('case.asker.title')}
          value={kind}
          digits
          choices={askers.map((asker) => ({ value: asker, label: t(`asker.${asker}`) }))}
          onChange={choose}
        />
        {rule && !rule.allowed ? (
          <Notice tone="stops" title={t('error.asker.notAllowed', { asker: t(`asker.${kind}`) })}>
            {rule.why ? <p>{words(rule.why)}</p> : null}
          </Notice>
        ) : kind === 'holder' ? null : (
          <p className="case-faint">{t(`case.asker.hint.${kind}`)}</p>
        )}
      </div>
    </Panel>
  )
}
