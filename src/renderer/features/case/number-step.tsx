import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import type { NumberAnswer } from '../../../shared/domain/account.ts'
import { useT } from '../../language.ts'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { deedOf } from './deeds.ts'
import { Fact, Facts } from './facts.tsx'
import { StepPage, waitsOnly } from './step-page.tsx'
import { useCase, useProofAlive, type Way, wayLabel } from './use-case.ts'

/** Step 1: what the segment says at once, and what the operator's system says when asked. */
export function NumberStep() {
  const t = useT()
  const { view, place, run, goTo } = useCase()
  const { number, segment } = view.case
  const deed = deedOf(view, 'number', { proofAlive: useProofAlive(view) })
  const asking = place.running.includes('case.queryNumber')
  // Without an answer the document can be entered all the same; the number is asked about again later.
  const unanswered = place.failure?.name === 'case.queryNumber' && waitsOnly(place.failure.error)
  const onward: Way = { kind: 'goTo', step: 'identity', back: false }
  const way = deed.kind === 'goTo' ? deed : unanswered ? onward : undefined
  const asked = useRef(false)
  useEffect(() => {
    if (number || asked.current) return
    asked.current = true
    void run('case.queryNumber', {})
  })

  return (
    <StepPage
      step="number"
      lead={t('case.number.intro')}
      focusKey={deed.kind}
      action={
        way
          ? { label: wayLabel(way, t), onPress: () => goTo(way.step) }
          : {
              label: t('case.deed.queryNumber'),
              onPress: () => void run('case.queryNumber', {}),
              busy: asking,
            }
      }
    >
      <div className="case-pair">
        <Panel title={t('case.number.segment')} aside={t('case.number.segmentNote')}>
          <Facts>
            <Fact label={t('case.number.segmentDigits')}>{segment.segment}</Fact>
            <Fact label={t('case.number.home')}>{t(`province.${segment.homeProvince}`)}</Fact>
            <Fact label={t('case.number.prefixCarrier')}>
              {t(`carrier.${segment.prefixCarrier}`)}{' '}
              {segment.resale ? <Tag tone="waits">{t('case.number.resale')}</Tag> : null}
            </Fact>
          </Facts>
        </Panel>
        <Panel
          title={t('case.number.system')}
          aside={
            number ? (
              t('case.number.systemNote')
            ) : unanswered ? (
              <Button size="small" loading={asking} onClick={() => void run('case.queryNumber', {})}>
                {t('case.number.askAgain')}
              </Button>
            ) : undefined
          }
        >
          {number ? (
            <NumberFacts number={number} ported={number.carrier !== segment.prefixCarrier} />
          ) : (
            <p className="case-faint" role="status">
              {asking
                ? t('case.number.asking', {
                    province: t(`province.${segment.homeProvince}`),
                    carrier: t(`carrier.${segment.prefixCarrier}`),
                  })
                : t('case.number.notAsked')}
            </p>
          )}
        </Panel>
      </div>
      {number?.premium ? <Notice tone="waits">{t('case.number.premiumNote')}</Notice> : null}
      {number && number.state !== 'active' ? (
        <Notice tone="waits">{t('case.number.notActive', { state: t(`lineState.${number.state}`) })}</Notice>
      ) : null}
    </StepPage>
  )
}

function NumberFacts({ number, ported }: { number: NumberAnswer; ported: boolean }) {
  const t = useT()
  return (
    <Facts>
      <Fact label={t('case.number.carrier')}>
        {t(`carrier.${number.carrier}`)} {ported ? <Tag tone="waits">{t('case.number.ported')}</Tag> : null}
      </Fact>
      <Fact label={t('case.number.state')}>
        <Tag tone={number.state === 'active' ? 'done' : 'waits'}>{t(`lineState.${number.state}`)}</Tag>{' '}
        {number.premium ? <Tag tone="waits">{t('case.number.premium')}</Tag> : null}
      </Fact>
      <Fact label={t('case.number.name')}>{number.maskedName}</Fact>
      <Fact label={t('case.number.cardType')}>{number.cardType}</Fact>
      <Fact label={t('case.number.realName')}>
        {t(number.realNamed ? 'case.number.realNamed' : 'case.number.notRealNamed')}
      </Fact>
    </Facts>
  )
}
