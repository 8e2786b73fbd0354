import { Input } from 'antd'
import { useLayoutEffect, useRef } from 'react'
import type { CaseView } from '../../../shared/contract/views.ts'
import type { Bill } from '../../../shared/domain/account.ts'
import { type InvoiceWay, invoiceWays } from '../../../shared/domain/invoice-policy.ts'
import { formatYuan } from '../../../shared/domain/money.ts'
import { refusedInvoice } from '../../../shared/domain/refused-invoice.ts'
import { isMessageKey } from '../../../shared/i18n/translate.ts'
import { useT } from '../../language.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { concerns, Field } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { useInvoice } from './invoice-store.ts'

function billOf({ case: case_ }: CaseView, billId: string): Bill | undefined {
  return case_.preCheck?.account.bills.find((bill) => bill.id === billId)
}

/** The invoice the home province did not make void, why, and the paper's number copied once more. */
export function InvoicePanel({ view }: { view: CaseView }) {
  const t = useT()
  const entry = useInvoice()
  const refused = refusedInvoice(view.order)!
  const bill = billOf(view, refused.billId)
  const { number, way, failure } = entry.entry
  const about = `${view.case.caseId} ${refused.billId}`
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another bill, or another refusal, is begun at its number
  useLayoutEffect(() => {
    useInvoice.getState().begin(about)
    box.current?.querySelector('input')?.focus()
  }, [about, refused.invoiceNumber])
  const cause = `order.invoice.cause.${refused.cause}`
  const ways = view.progress.moneyBack?.invoicePolicy.ways ?? invoiceWays
  return (
    <Panel
      title={t('order.invoice.title')}
      aside={
        bill ? t('order.invoice.bill', { period: bill.billingPeriod, amount: formatYuan(bill.amountFen) }) : undefined
      }
    >
      <Notice tone="stops" title={t('order.invoice.refused', { invoiceNumber: refused.invoiceNumber })}>
        {isMessageKey(cause) ? t(cause) : t('order.invoice.causeOther', { code: refused.cause })}
      </Notice>
      <div ref={box}>
        <Field
          label={t('order.invoice.number')}
          name="corrections.invoices"
          hint={t('order.invoice.hint')}
          failure={failure}
        >
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              autoComplete="off"
              maxLength={20}
              value={number}
              onChange={({ target }) => entry.set({ number: target.value.replace(/\D/g, '') })}
            />
          )}
        </Field>
      </div>
      <ChoiceGroup<InvoiceWay>
        label={t('order.invoice.way')}
        vertical={false}
        value={way}
        onChange={(chosen) => entry.set({ way: chosen })}
        choices={ways.map((each) => ({
          value: each,
          title: t(`invoiceWay.${each}`),
          keyLabel: t(`invoiceWay.${each}`),
        }))}
      />
      <p className="order-faint">{t('order.invoice.elsewhere')}</p>
      {failure && !concerns(failure, 'corrections.invoices') ? (
        <Notice tone="stops">
          <FailureText failure={failure} />
        </Notice>
      ) : null}
    </Panel>
  )
}

/** Enter hands the corrected invoice in; the order then goes on by itself. */
export function CorrectInvoice({ view }: { view: CaseView }) {
  const t = useT()
  const entry = useInvoice()
  const refused = refusedInvoice(view.order)!
  const amountFen = billOf(view, refused.billId)?.amountFen ?? refused.amountFen
  const { number } = entry.entry
  const ready = amountFen !== undefined && /^\d{8,20}$/.test(number)
  return (
    <PrimaryAction
      label={t('order.invoice.handIn')}
      note={ready ? undefined : t('order.invoice.needNumber')}
      disabled={!ready}
      busy={entry.busy}
      onPress={() => void (amountFen !== undefined && entry.handIn(view.case.caseId, refused.billId, amountFen))}
    />
  )
}
