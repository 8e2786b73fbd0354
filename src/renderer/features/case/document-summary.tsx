import { Button } from 'antd'
import { useLanguage, useT } from '../../language.ts'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { documentTitle } from './document-form.tsx'
import { Fact, Facts } from './facts.tsx'
import { manualReasonWords } from './manual-reason-field.tsx'
import { useCase } from './use-case.ts'
import { stubIdentification, stubName } from './words.ts'

/** The document once it is saved: masked, with a way to correct it. */
export function DocumentSummary({ who, onEdit }: { who: 'holder' | 'second'; onEdit(): void }) {
  const t = useT()
  const language = useLanguage()
  const { view } = useCase()
  const { asker } = view.case
  const document = who === 'holder' ? view.case.document : asker?.document
  if (!document) return null
  const until = document.validTo ?? t('case.identity.noEnd')
  return (
    <Panel
      title={documentTitle(who, view.progress.asker.kind, t)}
      tag={
        <>
          <Tag tone="done">{t('case.identity.saved')}</Tag>
          {document.manualReason ? (
            <Tag tone="waits">
              {t('case.identity.typed', {
                reason: manualReasonWords(view.progress.asker.manualReasons, document, language),
              })}
            </Tag>
          ) : null}
        </>
      }
      aside={
        <Button size="small" onClick={onEdit}>
          {t('case.identity.edit')}
        </Button>
      }
    >
      <Facts>
        <Fact label={t(`documentType.${document.identificationType}`)}>
          {stubIdentification(document.identificationId)}
        </Fact>
        <Fact label={t('case.identity.name')}>{stubName(document.name)}</Fact>
        <Fact label={t('case.identity.valid')}>
          {document.validFrom ? t('case.identity.period', { from: document.validFrom, to: until }) : until}
        </Fact>
        {document.issuingAuthority ? (
          <Fact label={t('case.identity.authority')}>{document.issuingAuthority}</Fact>
        ) : null}
        {who === 'second' && asker?.relation ? <Fact label={t('case.asker.relation')}>{asker.relation}</Fact> : null}
      </Facts>
    </Panel>
  )
}
