import { Input } from 'antd'
import type { Bill } from '../../../shared/domain/account.ts'
import type { InvoicePolicy } from '../../../shared/domain/invoice-policy.ts'
import { formatYuan } from '../../../shared/domain/money.ts'
import { useLanguage, useT } from '../../language.ts'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { Chips } from './chips.tsx'
import type { InvoiceDraft, SettlementDraft } from './drafts.ts'
import { invoiceDraft, isInvoiceNumber } from './settlement-entry.ts'

interface InvoiceFieldsProps {
  bills: readonly Bill[]
  policy: InvoicePolicy
  form: SettlementDraft
  attempts: number
  onChange(invoices: Record<string, InvoiceDraft>): void
}

/** The invoices a refund makes void: for each its number as the paper says, and whether the paper came back. The amount stands fixed. */
export function InvoiceFields({ bills, policy, form, attempts, onChange }: InvoiceFieldsProps) {
  const t = useT()
  const words = useLanguage() === 'en' ? 'en' : 'zh'
  if (bills.length === 0) return null
  return (
    <Panel
      title={t('case.settlement.invoices')}
      tag={policy.assumed ? <Tag tone="plain">{t('case.settlement.assumed')}</Tag> : undefined}
      aside={t('case.settlement.invoicesNote')}
    >
      <p className="case-faint">{policy.clause[words]}</p>
      {bills.map((bill) => {
        const entered = invoiceDraft(form, bill.id)
        const set = (change: Partial<InvoiceDraft>) =>
          onChange({ ...form.invoices, [bill.id]: { ...entered, ...change } })
        const wrong = attempts > 0 && !isInvoiceNumber(entered.number)
        return (
          <FieldGroup key={bill.id} columns={2}>
            <Field
              label={t('case.settlement.invoiceNumber', { period: bill.billingPeriod })}
              name={`invoices.${bill.id}`}
              hint={t('case.settlement.invoice', { period: bill.billingPeriod, amount: formatYuan(bill.amountFen) })}
              problem={wrong ? t('case.settlement.needInvoice') : undefined}
            >
              {(control) => (
                <Input
                  {...control}
                  data-entry
                  inputMode="numeric"
                  autoComplete="off"
                  maxLength={24}
                  value={entered.number}
                  onChange={({ target }) => set({ number: target.value })}
                />
              )}
            </Field>
            <Chips
              label={t('case.settlement.invoice', { period: bill.billingPeriod, amount: formatYuan(bill.amountFen) })}
              value={entered.way}
              choices={policy.ways.map((way) => ({ value: way, label: t(`invoiceWay.${way}`) }))}
              onChange={(way) => set({ way })}
            />
          </FieldGroup>
        )
      })}
    </Panel>
  )
}
