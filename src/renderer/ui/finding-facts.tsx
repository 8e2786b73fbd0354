import { blockerEntry } from '../../shared/domain/blocker-catalogue.ts'
import type { ExplainedFinding } from '../../shared/domain/blocker-findings.ts'
import type { Carrier, Province } from '../../shared/domain/geography.ts'
import { hotlines } from '../../shared/domain/hotlines.ts'
import type { Language, Translate } from '../../shared/i18n/translate.ts'
import { useLanguage, useT } from '../language.ts'
import './finding-facts.css'
import { Money } from './money.tsx'
import { Tag } from './tag.tsx'

/** Where something is put right, in words; the hotline with its number. */
function placesText(finding: Pick<ExplainedFinding, 'places'>, line: Line, t: Translate): string {
  const values = {
    province: t(`province.${line.homeProvince}`),
    carrier: t(`carrier.${line.carrier}`),
    hotline: hotlines[line.carrier],
  }
  return finding.places.map((place) => t(`finding.place.${place}`, values)).join(t('finding.or'))
}

/** The remedy in a language; a code nobody knows is asked about at the home province. */
function remedyText(code: string, language: Language, t: Translate): string {
  const remedy = blockerEntry(code)?.remedy
  return remedy ? (language === 'en' ? remedy.en : remedy.zh) : t('finding.remedyUnknown')
}

interface Line {
  carrier: Carrier
  homeProvince: Province
}

/** What a customer asks about a finding: how it is removed, who does that, where, what it costs, until when, on what ground. */
export function FindingFacts({ finding, line }: { finding: ExplainedFinding; line: Line }) {
  const t = useT()
  const language = useLanguage()
  const { cost, rule, deadline } = finding
  return (
    <dl className="finding-facts">
      <div>
        <dt>{t('finding.remedy')}</dt>
        <dd>{remedyText(finding.code, language, t)}</dd>
      </div>
      <div>
        <dt>{t('finding.owner')}</dt>
        <dd>{t(`owner.${finding.owner}`)}</dd>
      </div>
      <div>
        <dt>{t('finding.where')}</dt>
        <dd>{placesText(finding, line, t)}</dd>
      </div>
      <div>
        <dt>{t('finding.cost')}</dt>
        <dd>
          {cost.kind === 'known' ? (
            <>
              <Money fen={cost.fen} symbol />{' '}
              <span className="finding-facts-note">{t(`finding.costFrom.${cost.from}`)}</span>
            </>
          ) : (
            t(`finding.cost.${cost.kind}`)
          )}
        </dd>
      </div>
      {deadline ? (
        <div>
          <dt>{t('finding.deadline')}</dt>
          <dd>{deadline}</dd>
        </div>
      ) : null}
      {rule ? (
        <div>
          <dt>{t('finding.ground')}</dt>
          <dd>
            {language === 'en' ? rule.source.en : rule.source.zh}{' '}
            {rule.assumed ? <Tag tone="plain">{t('finding.assumed')}</Tag> : null}
          </dd>
        </div>
      ) : null}
    </dl>
  )
}
