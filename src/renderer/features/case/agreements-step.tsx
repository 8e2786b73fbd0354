import { useEffect, useState } from 'react'
import { formatYuan } from '../../../shared/domain/money.ts'
import { useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { Notice } from '../../ui/notice.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { AgreementCard } from './agreement-card.tsx'
import { deedOf, missingIn } from './deeds.ts'
import { emptyWaiver } from './drafts.ts'
import { type StepAction, StepPage } from './step-page.tsx'
import { useCase, useProofAlive, wayLabel } from './use-case.ts'
import './agreements.css'

/** Step 4: one card per agreement, each with its price, its alternatives and its derivation. */
export function AgreementsStep() {
  const t = useT()
  const { view, place, drafts, draft, run, goTo, open } = useCase()
  const deed = deedOf(view, 'agreements', { proofAlive: useProofAlive(view) })
  const agreements = view.case.preCheck?.account.agreements ?? []
  const waiting = deed.kind === 'choose' || deed.kind === 'approve' ? deed.agreementId : undefined
  const [active, setActive] = useState(waiting ?? agreements[0]?.id)
  useEffect(() => {
    if (waiting) setActive(waiting)
  }, [waiting])

  const at = agreements.findIndex((agreement) => agreement.id === active)
  const move = (by: number) => setActive(agreements[Math.min(agreements.length - 1, Math.max(0, at + by))]?.id)
  useKeys([
    { key: 'ArrowUp', disabled: agreements.length < 2, run: () => move(-1) },
    { key: 'ArrowDown', disabled: agreements.length < 2, run: () => move(1) },
  ])

  const premiumMissing = missingIn(view, 'agreements').some((item) => item.params.subject === 'premiumNumber')
  const busy = place.running.includes('case.chooseAgreement')
  const action = ((): StepAction => {
    switch (deed.kind) {
      case 'choose': {
        const undecided = view.progress.quotes.find(
          ({ agreementId }) =>
            agreementId === active && !view.case.choices.some((choice) => choice.agreementId === agreementId),
        )
        const quote =
          undecided?.quote ?? view.progress.quotes.find(({ agreementId }) => agreementId === deed.agreementId)?.quote
        return {
          label: `${t('case.deed.choose')} · ¥ ${quote ? formatYuan(quote.amountFen) : ''}`,
          note: quote?.agreementName,
          onPress: () =>
            void run(
              'case.chooseAgreement',
              { agreementId: quote?.agreementId ?? deed.agreementId, option: 'terminate' },
              quote?.agreementId ?? deed.agreementId,
            ),
          busy,
        }
      }
      case 'approve': {
        const { agreementId } = deed
        return {
          label: t('case.deed.approve'),
          onPress: () =>
            agreementId === undefined
              ? open('approval')
              : draft(({ waivers }) => ({
                  waivers: { ...waivers, [agreementId]: { ...(waivers[agreementId] ?? emptyWaiver), open: true } },
                })),
        }
      }
      case 'postpone':
        return {
          label: t('case.deed.postpone'),
          onPress: () => void run('case.postpone', {}),
          busy: place.running.includes('case.postpone'),
        }
      case 'goTo':
        return { label: wayLabel(deed, t), onPress: () => goTo(deed.step) }
      default:
        return { label: t('case.deed.leave'), onPress: () => navigate({ name: 'desk' }) }
    }
  })()

  const version = view.progress.quotes.find((quote) => quote.quote)?.quote?.packs.at(-1)?.version ?? ''
  return (
    <StepPage
      step="agreements"
      lead={
        !view.case.preCheck
          ? t('case.agreements.needPreCheck')
          : agreements.length === 0
            ? t('case.agreements.introNone')
            : `${t('case.agreements.intro', { count: agreements.length, version })}${agreements.length > 1 ? ` ${t('case.agreements.move')}` : ''}`
      }
      action={active && drafts.waivers[active]?.open ? undefined : action}
      focusKey={`${deed.kind}:${active}:${active ? drafts.waivers[active]?.open : ''}`}
      shownElsewhere={(subject) => subject !== undefined && agreements.some((agreement) => agreement.id === subject)}
    >
      {premiumMissing && place.panel !== 'approval' ? (
        <Notice tone="waits">{t('case.agreements.premiumApproval')}</Notice>
      ) : null}
      {agreements.map((agreement) => (
        <AgreementCard
          key={agreement.id}
          agreement={agreement}
          active={agreement.id === active}
          several={agreements.length > 1}
          onActivate={() => setActive(agreement.id)}
        />
      ))}
    </StepPage>
  )
}
