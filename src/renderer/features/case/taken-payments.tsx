import './money.css'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { formatYuan } from '../../../shared/domain/money.ts'
import { givenBack } from '../../../shared/domain/standing-payments.ts'
import type { PaymentTake } from '../../../shared/protocol/jobs.ts'
import { useT } from '../../language.ts'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useCase } from './use-case.ts'

/** What was taken in this case, and what of it went back; each standing payment can be given back, whole and on its own way. */
export function TakenPayments() {
  const t = useT()
  const { view } = useCase()
  const [asked, setAsked] = useState<string>()
  const { payments, refundsPaid } = view.case
  if (payments.length === 0) return null
  return (
    <ul className="case-payments">
      {payments.map((payment) => {
        const { paymentId, amountFen, method, receiptNumber } = payment
        const refund = refundsPaid.find((one) => one.paymentId === paymentId)
        const values = (amount: typeof amountFen, receipt: string) => ({
          amount: formatYuan(amount),
          method: t(`paymentMethod.${method}`),
          receipt,
        })
        return (
          <li key={paymentId}>
            <Tag tone={refund ? 'plain' : 'done'}>{t('case.settlement.taken', values(amountFen, receiptNumber))}</Tag>{' '}
            {refund ? (
              <Tag tone="waits">{t('case.settlement.givenBack', values(refund.amountFen, refund.receiptNumber))}</Tag>
            ) : (
              <Button
                size="small"
                aria-expanded={asked === paymentId}
                onClick={() => setAsked(asked === paymentId ? undefined : paymentId)}
              >
                {t('case.settlement.giveBack')}
              </Button>
            )}
            {asked === paymentId && !givenBack(view.case, paymentId) ? (
              <GiveBack payment={payment} onDone={() => setAsked(undefined)} />
            ) : null}
          </li>
        )
      })}
    </ul>
  )
}

function GiveBack({ payment, onDone }: { payment: PaymentTake; onDone(): void }) {
  const t = useT()
  const { place, run } = useCase()
  const { paymentId, method, amountFen } = payment
  const [reason, setReason] = useState(t('case.settlement.given1'))
  const [code, setCode] = useState('')
  const failure = place.failure?.name === 'case.giveBack' ? place.failure.error : undefined
  const ready = reason.trim().length >= 2 && (method === 'cash' || code.trim().length >= 4)

  async function giveBack() {
    const result = await run('case.giveBack', {
      paymentId,
      reason: reason.trim(),
      ...(method === 'cash' ? {} : { authorizationCode: code.trim() }),
    })
    if (result?.ok) onDone()
  }

  return (
    <div className="case-give-back">
      <FieldGroup columns={2}>
        <Field label={t('case.settlement.giveBackReason')} name="reason" failure={failure}>
          {(control) => (
            <Input {...control} maxLength={200} value={reason} onChange={({ target }) => setReason(target.value)} />
          )}
        </Field>
        {method === 'cash' ? null : (
          <Field label={t('case.settlement.giveBackCode')} name="authorizationCode" failure={failure}>
            {(control) => (
              <Input
                {...control}
                autoComplete="off"
                maxLength={40}
                value={code}
                onChange={({ target }) => setCode(target.value)}
              />
            )}
          </Field>
        )}
      </FieldGroup>
      <Button
        type="primary"
        disabled={!ready}
        loading={place.running.includes('case.giveBack')}
        onClick={() => void giveBack()}
      >
        {t('case.settlement.giveBackNow', { amount: formatYuan(amountFen) })}
      </Button>
    </div>
  )
}
