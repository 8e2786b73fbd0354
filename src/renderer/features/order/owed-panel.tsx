import { Button, Input } from 'antd'
import { useState } from 'react'
import type { CaseView } from '../../../shared/contract/views.ts'
import { type Fen, formatYuan } from '../../../shared/domain/money.ts'
import { owedHere } from '../../../shared/domain/money-back.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { paymentMethods } from '../../../shared/protocol/jobs.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { call } from '../../client.ts'
import { useT } from '../../language.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { Field } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'

/** Money the order left in this store's till: handed to the holder and recorded, in the way it is handed over. */
export function OwedPanel({ view }: { view: CaseView }) {
  const t = useT()
  const owed = owedHere(view.case, view.order)
  const paid = view.case.refundsPaid.filter((refund) => refund.orderId !== undefined)
  if (owed === 0 && paid.length === 0) return null
  return (
    <Panel title={t('order.owed.title')} aside={owed > 0 ? formatYuan(owed) : undefined}>
      {paid.map(({ refundId, amountFen, method, receiptNumber }) => (
        <p key={refundId}>
          <Tag tone="done">
            {t('order.owed.done', {
              amount: formatYuan(amountFen),
              method: t(`paymentMethod.${method}`),
              receipt: receiptNumber,
            })}
          </Tag>
        </p>
      ))}
      {owed > 0 ? <PayOut caseId={view.case.caseId} owed={owed} /> : null}
    </Panel>
  )
}

function PayOut({ caseId, owed }: { caseId: string; owed: Fen }) {
  const t = useT()
  const [method, setMethod] = useState<(typeof paymentMethods)[number]>('cash')
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const ready = method === 'cash' || code.trim().length >= 4

  async function pay() {
    setBusy(true)
    const result = await call('order.payRefund', {
      caseId,
      method,
      amountFen: owed,
      ...(method === 'cash' ? {} : { authorizationCode: code.trim() }),
    })
    setBusy(false)
    if (result.ok) useCaseViewStore.getState().take(result.value)
    else setFailure(result.error)
  }

  return (
    <>
      <Notice tone="waits">{t('order.owed.lead', { amount: formatYuan(owed) })}</Notice>
      <ChoiceGroup<(typeof paymentMethods)[number]>
        label={t('case.settlement.method')}
        value={method}
        vertical={false}
        choices={paymentMethods.map((each) => ({ value: each, title: t(`paymentMethod.${each}`) }))}
        onChange={setMethod}
      />
      <Field label={t('order.owed.code')} name="authorizationCode" failure={failure}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={40}
            disabled={method === 'cash'}
            value={method === 'cash' ? '' : code}
            onChange={({ target }) => setCode(target.value)}
          />
        )}
      </Field>
      <Button type="primary" disabled={!ready} loading={busy} onClick={() => void pay()}>
        {t('order.owed.pay', { amount: formatYuan(owed) })}
      </Button>
    </>
  )
}
