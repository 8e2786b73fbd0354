import { useLayoutEffect, useMemo, useState } from 'react'
import type { CaseView } from '../../../shared/contract/views.ts'
import { type CaseStep, caseSteps } from '../../../shared/domain/case-steps.ts'
import { useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { Frame } from '../../ui/frame.tsx'
import { KeyCap } from '../../ui/key-cap.tsx'
import { NewerNotice } from '../../ui/newer-notice.tsx'
import { StepRail } from '../../ui/step-rail.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { AbandonPanel } from './abandon-panel.tsx'
import { AgreementsStep } from './agreements-step.tsx'
import { ApprovalPanel } from './approval-panel.tsx'
import './case.css'
import { useCaseScreen } from './case-store.ts'
import { CaseStub } from './case-stub.tsx'
import { HandOverPanel } from './hand-over-panel.tsx'
import { IdentityStep } from './identity-step.tsx'
import { MoneyRecalled } from './money-recalled.tsx'
import { NumberStep } from './number-step.tsx'
import { PreCheckStep } from './pre-check-step.tsx'
import { SettlementStep } from './settlement-step.tsx'
import { SignatureStep } from './signature-step.tsx'
import { CaseContext, useCase } from './use-case.ts'

const abandonKey = 'Alt+Delete'

/** A case while it is a draft: six steps on the left, the one thing being done in the middle, the stub on the right. */
export default function CaseScreen({ view }: { view: CaseView }) {
  const { caseId } = view.case
  const [foot, setFoot] = useState<HTMLElement | null>(null)
  const settled = useCaseScreen((state) => state.workplaces[caseId] !== undefined)
  // Before it is painted: an empty screen would be nobody's for a moment, and lose the keys pressed in it.
  useLayoutEffect(() => {
    useCaseScreen.getState().settleIn(view)
  }, [view])
  const context = useMemo(() => ({ view, foot }), [view, foot])
  if (!settled) return null
  return (
    <CaseContext value={context}>
      <CaseKeys />
      <Frame rail={<CaseRail />} stub={<CaseStub footRef={setFoot} />}>
        <MoneyRecalled />
        <NewerNotice newer={view.newer} />
        <CasePanel />
        <CaseStepPage />
      </Frame>
    </CaseContext>
  )
}

function CaseKeys() {
  const t = useT()
  const { place, goTo, open } = useCase()
  useKeys([
    ...caseSteps.map((step, index) => ({
      key: `F${index + 2}`,
      label: t(`step.${step}`),
      run: () => goTo(step),
    })),
    {
      key: 'F12',
      label: t('case.key.approval'),
      bar: true,
      run: () => open(place.panel === 'approval' ? undefined : 'approval'),
    },
    { key: abandonKey, label: t('case.key.abandon'), run: () => open('abandon') },
    {
      key: 'Escape',
      label: t(place.panel ? 'case.key.close' : 'case.key.leave'),
      bar: true,
      run: () => (place.panel ? open(undefined) : navigate({ name: 'desk' })),
    },
  ])
  return null
}

function CaseRail() {
  const t = useT()
  const { view, place, goTo, open } = useCase()
  return (
    <div className="case-rail">
      <StepRail
        label={t('case.region', { caseNumber: view.case.caseNumber })}
        selected={place.step}
        onSelect={(id) => goTo(id as CaseStep)}
        steps={caseSteps.map((step, index) => ({
          id: step,
          label: t(`step.${step}`),
          keyName: `F${index + 2}`,
          // A number nobody has asked about yet is not done, even though nothing about it is missing for the order.
          state: step === 'number' && !view.case.number ? 'open' : view.progress.steps[step],
        }))}
      />
      <button
        type="button"
        className="case-rail-abandon"
        aria-keyshortcuts="Alt+Delete"
        onClick={() => open('abandon')}
      >
        <span>{t('case.key.abandon')}</span>
        <KeyCap of={abandonKey} />
      </button>
    </div>
  )
}

function CasePanel() {
  const { place } = useCase()
  if (place.panel === 'approval') return <ApprovalPanel />
  if (place.panel === 'note') return <HandOverPanel />
  return place.panel === 'abandon' ? <AbandonPanel /> : null
}

function CaseStepPage() {
  const { place } = useCase()
  switch (place.step) {
    case 'number':
      return <NumberStep />
    case 'identity':
      return <IdentityStep />
    case 'preCheck':
      return <PreCheckStep />
    case 'agreements':
      return <AgreementsStep />
    case 'settlement':
      return <SettlementStep />
    case 'signature':
      return <SignatureStep />
  }
}
