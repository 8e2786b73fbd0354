import { Button } from 'antd'
import type { Agreement } from '../../../shared/domain/account.ts'
import type { AgreementChoice } from '../../../shared/domain/case.ts'
import { useT } from '../../language.ts'
import { useKeys } from '../../ui/use-keys.ts'
import { useCase } from './use-case.ts'

interface DevicesProps {
  agreement: Agreement
  choice: AgreementChoice | undefined
  active: boolean
  onActivate(): void
}

/** How many leased devices the customer brought back; every change prices the agreement anew. */
export function Devices({ agreement, choice, active, onActivate }: DevicesProps) {
  const t = useT()
  const { run, place } = useCase()
  const count = agreement.devices.length
  const returned = choice?.devicesReturned ?? 0
  const busy = place.running.includes('case.chooseAgreement')

  function set(devicesReturned: number) {
    onActivate()
    if (busy || devicesReturned < 0 || devicesReturned > count) return
    void run('case.chooseAgreement', { agreementId: agreement.id, option: 'terminate', devicesReturned }, agreement.id)
  }

  useKeys([
    { key: '+', disabled: !active, run: () => set(returned + 1) },
    { key: '=', disabled: !active, run: () => set(returned + 1) },
    { key: '-', disabled: !active, run: () => set(returned - 1) },
  ])

  return (
    // biome-ignore lint/a11y/useSemanticElements: a counter of two buttons is no fieldset
    <div className="case-devices" role="group" aria-label={t('case.agreements.devicesReturned')}>
      <span>
        {t('case.agreements.devicesReturned')}{' '}
        <span className="case-faint">{agreement.devices.map((device) => device.name).join(' · ')}</span>
      </span>
      <Button size="small" aria-label="−" disabled={returned === 0} onClick={() => set(returned - 1)}>
        −
      </Button>
      <output className="case-devices-count">{t('case.agreements.devicesOf', { returned, count })}</output>
      <Button size="small" aria-label="+" disabled={returned === count} onClick={() => set(returned + 1)}>
        +
      </Button>
      <span className="case-faint">{t('case.agreements.devicesHint')}</span>
    </div>
  )
}
