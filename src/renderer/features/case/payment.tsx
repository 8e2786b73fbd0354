import { Input } from 'antd'
import { useState } from 'react'
import { type Fen, fen, formatYuan } from '../../../shared/domain/money.ts'
import { paymentMethods } from '../../../shared/protocol/jobs.ts'
import { useT } from '../../language.ts'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { amountToTake, changeFor } from './amounts.ts'
import { Chips } from './chips.tsx'
import { missingIn } from './deeds.ts'
import type { SettlementDraft } from './drafts.ts'
import { TakenPayments } from './taken-payments.tsx'
import { useCase } from './use-case.ts'
import './money.css'

interface PaymentProps {
  form: SettlementDraft
  /** What is to be collected now, in fen; undefined while something else comes first or nothing is due. */
  due: Fen | undefined
  attempts: number
}

/** Money for the home province: how it is paid, the terminal's code or the change, and what was taken. */
export function Payment({ form, due, attempts }: PaymentProps) {
  const t = useT()
  const { view, place, draft } = useCase()
  // Another method is another question: the remark on the code comes back with the next attempt.
  const [judged, setJudged] = useState(0)
  const missing = missingIn(view, 'settlement').find((item) => item.code === 'payment')
  const owed = Number(missing?.params.amountFen ?? 0)
  const { payments } = view.case
  if (owed === 0 && payments.length === 0) return null
  const failure = place.failure?.name === 'case.takePayment' ? place.failure.error : undefined
  const set = (change: Partial<SettlementDraft>) =>
    draft(({ settlement }) => ({ settlement: { ...settlement, ...change } }))
  const taken = due === undefined ? undefined : amountToTake(form.amount, due)
  const change = taken === undefined ? undefined : changeFor(form.tendered, taken)
  const codeMissing = attempts > judged && due !== undefined && form.authorizationCode.trim().length < 4
  return (
    <Panel
      title={t('case.settlement.payment')}
      aside={owed > 0 ? t('case.settlement.paymentNote', { amount: formatYuan(fen(owed)) }) : undefined}
    >
      <TakenPayments />
      {owed < 0 ? (
        <Notice tone="stops">{t('case.settlement.overpaid', { amount: formatYuan(fen(-owed)) })}</Notice>
      ) : null}
      {owed > 0 ? (
        <div className="case-payment">
          <Chips
            label={t('case.settlement.method')}
            value={form.method}
            digits={due !== undefined}
            choices={paymentMethods.map((method) => ({ value: method, label: t(`paymentMethod.${method}`) }))}
            onChange={(method) => {
              setJudged(attempts)
              set({ method })
            }}
          />
          {due !== undefined ? (
            <FieldGroup columns={2}>
              {form.method === 'cash' ? (
                <Field label={t('case.settlement.tendered')} name="tendered">
                  {(control) => (
                    <Input
                      {...control}
                      inputMode="decimal"
                      autoComplete="off"
                      value={form.tendered}
                      onChange={({ target }) => set({ tendered: target.value })}
                    />
                  )}
                </Field>
              ) : (
                <Field
                  label={t('case.settlement.authorization')}
                  name="authorizationCode"
                  hint={t('case.settlement.authorizationHint')}
                  failure={failure}
                  problem={codeMissing ? t('case.settlement.needAuthorization') : undefined}
                >
                  {(control) => (
                    <Input
                      {...control}
                      data-entry
                      autoComplete="off"
                      maxLength={40}
                      value={form.authorizationCode}
                      onChange={({ target }) => set({ authorizationCode: target.value })}
                    />
                  )}
                </Field>
              )}
              <Field
                label={t('case.settlement.amount')}
                name="amount"
                hint={t('case.settlement.amountHint')}
                problem={taken === undefined ? t('case.settlement.amountWrong', { due: formatYuan(due) }) : undefined}
              >
                {(control) => (
                  <Input
                    {...control}
                    inputMode="decimal"
                    autoComplete="off"
                    placeholder={formatYuan(due)}
                    value={form.amount}
                    onChange={({ target }) => set({ amount: target.value })}
                  />
                )}
              </Field>
              {form.method === 'cash' && form.tendered.trim() !== '' ? (
                <p className="case-change" role="status">
                  <span className="case-faint">{t('case.settlement.change')}</span>{' '}
                  {change === undefined ? t('case.settlement.tooLittle') : <Money fen={change} symbol />}
                </p>
              ) : null}
            </FieldGroup>
          ) : null}
        </div>
      ) : null}
    </Panel>
  )
}
