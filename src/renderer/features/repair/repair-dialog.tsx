import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { formatYuan } from '../../../shared/domain/money.ts'
import { isGrave, type RepairAction } from '../../../shared/domain/repairs.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import type { RepairOptions, RepairRequest } from '../../../shared/protocol/repairs.ts'
import { call } from '../../client.ts'
import { useT } from '../../language.ts'
import { useOverlay } from '../../overlay-store.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { concerns } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { EarlierRepairs } from './earlier-repairs.tsx'
import './repair-dialog.css'
import { emptyRepair, type RepairEntry, RepairFields } from './repair-fields.tsx'

/** What is sent; undefined while something needed is missing. */
function requestOf(entry: RepairEntry, action: RepairAction, repairId: string): RepairRequest | undefined {
  const { reason, password, staffId, paymentId, reference } = entry
  if (reason.trim().length < 2 || (isGrave(action) && password === '')) return undefined
  const base = { repairId, reason }
  switch (action) {
    case 'retryNow':
    case 'returnToCustomer':
    case 'askRefundAgain':
      return { ...base, action }
    case 'skipWait':
    case 'refuse':
    case 'sendRefundAgain':
    case 'refundNotPaid':
      return { ...base, action, password }
    case 'refundPaid':
      return reference.trim().length >= 3 ? { ...base, action, reference, password } : undefined
    case 'handOver':
      return staffId ? { ...base, action, staffId } : undefined
    case 'markPosted':
      return paymentId && reference.trim().length >= 3 ? { ...base, action, paymentId, reference, password } : undefined
  }
}

/** A supervisor puts an order right by hand: one of what fits its state, with a reason, and a password where money or safety goes. */
export default function RepairDialog() {
  const t = useT()
  const { repairing: orderId, show } = useOverlay()
  const [options, setOptions] = useState<RepairOptions>()
  const [failure, setFailure] = useState<Failure>()
  useEffect(() => {
    if (!orderId) return
    let current = true
    void call('order.repairs', { orderId }).then((result) => {
      if (!current) return
      if (result.ok) setOptions(result.value)
      else setFailure(result.error)
    })
    return () => {
      current = false
    }
  }, [orderId])
  const close = () => show(undefined)
  return (
    <Dialog
      title={options ? t('repair.titleOf', { caseNumber: options.caseNumber }) : t('repair.title')}
      onClose={close}
      wide
    >
      {failure ? (
        <Notice tone="stops">
          <FailureText failure={failure} />
        </Notice>
      ) : options ? (
        <RepairForm options={options} onDone={close} />
      ) : (
        <Waiting />
      )}
    </Dialog>
  )
}

function RepairForm({ options, onDone }: { options: RepairOptions; onDone(): void }) {
  const t = useT()
  const { actions, orderId } = options
  const [action, setAction] = useState(actions[0])
  const [entry, setEntry] = useState<RepairEntry>(() => emptyRepair(options))
  // The same for every attempt of one thing: an answer that was lost is found again instead of done twice.
  const [repairId, setRepairId] = useState(() => crypto.randomUUID())
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>('[role="radio"][tabindex="0"]')?.focus(), [])
  if (!action) return <p>{t('repair.nothing')}</p>
  const request = requestOf(entry, action, repairId)

  function change(changes: { action?: RepairAction; entry?: Partial<RepairEntry> }) {
    if (changes.action) setAction(changes.action)
    setEntry({ ...entry, ...changes.entry })
    setRepairId(crypto.randomUUID())
  }
  async function send() {
    if (!request || busy) return
    setBusy(true)
    setFailure(undefined)
    const result = await call('order.repair', { orderId, repair: request })
    setBusy(false)
    if (result.ok) return onDone()
    setFailure(result.error)
    if (concerns(result.error, 'password')) setEntry({ ...entry, password: '' })
  }
  const shown = ['reason', 'password', 'staffId', 'paymentId', 'reference'].some((name) => concerns(failure, name))
  return (
    <div ref={form} className="repair">
      <p>{t('repair.lead', { name: options.responsible.name })}</p>
      {options.refund ? (
        <p>
          {t('repair.refundLine', {
            amount: formatYuan(options.refund.amountFen),
            route: t(`refundRoute.${options.refund.route}`),
            at: formatInstant(options.refund.orderedAt),
          })}
        </p>
      ) : null}
      <ChoiceGroup
        label={t('repair.what')}
        digits={false}
        value={action}
        onChange={(next) => change({ action: next })}
        choices={actions.map((value) => ({ value, title: t(`repair.${value}`), note: t(`repairNote.${value}`) }))}
      />
      <RepairFields
        action={action}
        options={options}
        entry={entry}
        failure={failure}
        onChange={(changes) => change({ entry: changes })}
      />
      {failure && !shown ? (
        <Notice tone="stops">
          <FailureText failure={failure} />
        </Notice>
      ) : null}
      <PrimaryAction
        layer="dialog"
        label={t(`repairDo.${action}`)}
        busy={busy}
        disabled={!request}
        onPress={() => void send()}
      />
      <EarlierRepairs done={options.done} />
    </div>
  )
}
