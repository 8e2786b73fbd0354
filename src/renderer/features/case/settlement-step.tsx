import { useState } from 'react'
import { type Fen, formatYuan, parseYuan } from '../../../shared/domain/money.ts'
import { useT } from '../../language.ts'
import { amountToTake } from './amounts.ts'
import { deedOf } from './deeds.ts'
import { FinalBill } from './final-bill.tsx'
import { Payment } from './payment.tsx'
import { settlementEdited, settlementForm, settlementInput } from './settlement-entry.ts'
import { SettlementForm } from './settlement-form.tsx'
import { SettlementSummary } from './settlement-summary.tsx'
import { type StepAction, StepPage } from './step-page.tsx'
import { useCase, useProofAlive, wayLabel } from './use-case.ts'

const fields = [
  'refund.account',
  'refund.holderName',
  'contact.name',
  'contact.phone',
  'disconnectReason',
  'authorizationCode',
]

/** Step 5: the final bill line by line, where a refund goes, whom to call, why the customer leaves, and the money. */
export function SettlementStep() {
  const t = useT()
  const { view, place, drafts, run, draft, goTo, open } = useCase()
  const [saves, setSaves] = useState(0)
  const [payments, setPayments] = useState(0)
  const [editing, setEditing] = useState(false)
  const form = settlementForm(drafts.settlement, view.case, view.progress.asker.rule)
  const edited = settlementEdited(drafts.settlement, view.case, view.progress.asker.rule)
  const deed = deedOf(view, 'settlement', { proofAlive: useProofAlive(view), edited })
  const refundDue = (view.progress.settlement?.refundableFen ?? 0) > 0

  async function save() {
    setSaves((count) => count + 1)
    const input = settlementInput(form, refundDue, view.progress.moneyBack?.invoices)
    if (!input) return
    const result = await run('case.saveSettlement', input)
    if (result?.ok) {
      setSaves(0)
      setEditing(false)
      draft(({ settlement: { method, authorizationCode, tendered } }) => ({
        settlement: {
          ...(method ? { method } : {}),
          ...(authorizationCode ? { authorizationCode } : {}),
          ...(tendered ? { tendered } : {}),
        },
      }))
    }
  }

  async function pay(amountFen: number) {
    setPayments((count) => count + 1)
    const code = form.authorizationCode.trim()
    if (form.method !== 'cash' && code.length < 4) return
    const taken = amountToTake(form.amount, amountFen as Fen)
    if (taken === undefined) return
    const tendered = form.method === 'cash' ? parseYuan(form.tendered) : undefined
    const result = await run('case.takePayment', {
      method: form.method,
      amountFen: taken,
      ...(tendered !== undefined && tendered >= taken ? { tenderedFen: tendered } : {}),
      ...(form.method === 'cash' ? {} : { authorizationCode: code }),
    })
    if (result?.ok) draft(() => ({ settlement: {} }))
  }

  const action = ((): StepAction => {
    switch (deed.kind) {
      case 'goTo':
        return { label: wayLabel(deed, t), onPress: () => goTo(deed.step) }
      case 'approve':
        return { label: t('case.deed.approve'), note: t(`approval.${deed.subject}`), onPress: () => open('approval') }
      case 'takePayment':
        return {
          label: `${t('case.deed.takePayment')} · ${t(`paymentMethod.${form.method}`)} ¥ ${formatYuan(amountToTake(form.amount, deed.amountFen as Fen) ?? (deed.amountFen as Fen))}`,
          onPress: () => void pay(deed.amountFen),
          busy: place.running.includes('case.takePayment'),
        }
      default:
        return {
          label: t(view.case.contact ? 'case.deed.saveAgain' : 'case.deed.saveSettlement'),
          onPress: () => void save(),
          busy: place.running.includes('case.saveSettlement'),
        }
    }
  })()

  const settlement = view.progress.settlement
  return (
    <StepPage
      step="settlement"
      lead={t(settlement ? 'case.settlement.intro' : 'case.settlement.needPreCheck')}
      action={action}
      focusKey={deed.kind === 'takePayment' ? `${deed.kind}:${form.method}:${payments}` : `${deed.kind}:${editing}`}
      fields={fields}
    >
      {settlement ? (
        <>
          <FinalBill settlement={settlement} />
          {editing || deed.kind === 'saveSettlement' ? (
            <SettlementForm form={form} attempts={saves} current={deed.kind === 'saveSettlement'} />
          ) : (
            <SettlementSummary onEdit={() => setEditing(true)} />
          )}
          <Payment
            form={form}
            due={deed.kind === 'takePayment' ? (deed.amountFen as Fen) : undefined}
            attempts={payments}
          />
        </>
      ) : null}
    </StepPage>
  )
}
