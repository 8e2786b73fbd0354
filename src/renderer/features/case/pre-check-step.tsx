import { useEffect, useRef } from 'react'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { useT } from '../../language.ts'
import { Notice } from '../../ui/notice.tsx'
import { AccountFacts } from './account-facts.tsx'
import { deedOf } from './deeds.ts'
import { FindingGroup } from './finding-group.tsx'
import { groupFindings } from './findings.ts'
import { type StepAction, StepPage } from './step-page.tsx'
import { ToldFindings } from './told-findings.tsx'
import { useCase, useProofAlive, wayLabel } from './use-case.ts'

/** Step 3: everything the home province holds against the cancellation, at once, and what the account looks like. */
export function PreCheckStep() {
  const t = useT()
  const { view, place, drafts, run, goTo } = useCase()
  const alive = useProofAlive(view)
  const deed = deedOf(view, 'preCheck', { proofAlive: alive })
  const running = place.running.includes('case.preCheck')
  const preCheck = view.case.preCheck
  const asked = useRef(false)
  const check = () => void run('case.preCheck', {})
  useEffect(() => {
    if (deed.kind !== 'preCheck' || asked.current) return
    asked.current = true
    void run('case.preCheck', {})
  })

  const action = ((): StepAction => {
    switch (deed.kind) {
      case 'goTo':
        return { label: wayLabel(deed, t), onPress: () => goTo(deed.step) }
      case 'acknowledge':
        return {
          label: t('case.deed.acknowledge'),
          onPress: () =>
            void run(
              'case.acknowledge',
              { code: deed.code, reason: drafts.reasons[deed.code]?.trim() || t('case.preCheck.reasonDefault') },
              deed.code,
            ),
          busy: place.running.includes('case.acknowledge'),
        }
      case 'reCheck':
        return alive
          ? { label: t('case.deed.reCheck'), onPress: check, busy: running }
          : { label: t('case.deed.back', { step: t('step.identity') }), onPress: () => goTo('identity') }
      default:
        return { label: t('case.deed.preCheck'), onPress: check, busy: running }
    }
  })()

  const groups = preCheck && groupFindings(view.progress.findings)
  return (
    <StepPage
      step="preCheck"
      lead={
        groups && preCheck.blockers.length > 0
          ? t('case.preCheck.summary', {
              count: preCheck.blockers.length,
              stops: groups.stops.length,
              here: groups.here.length,
              tell: groups.tell.length,
            })
          : t('case.preCheck.intro')
      }
      action={action}
      focusKey={`${deed.kind}:${deed.kind === 'acknowledge' ? deed.code : ''}:${preCheck?.preCheckId}`}
    >
      {!preCheck ? (
        <Notice tone="plain">
          {t(running ? 'case.preCheck.running' : alive ? 'case.preCheck.intro' : 'case.preCheck.needProof')}
        </Notice>
      ) : null}
      {preCheck && preCheck.blockers.length === 0 ? (
        <Notice tone="done" title={t('case.preCheck.clear')}>
          {t('case.preCheck.checkedAt', { time: formatInstant(preCheck.checkedAt) })}
        </Notice>
      ) : null}
      {groups ? (
        <>
          <FindingGroup tone="stops" kind="stops" blockers={groups.stops} />
          <ToldFindings blockers={groups.tell} current={deed.kind === 'acknowledge' ? deed.code : undefined} />
          <FindingGroup tone="chosen" kind="here" blockers={groups.here} />
        </>
      ) : null}
      {preCheck ? <AccountFacts account={preCheck.account} /> : null}
    </StepPage>
  )
}
