import { Input } from 'antd'
import { useEffect, useId, useRef } from 'react'
import { formatYuan } from '../../../shared/domain/money.ts'
import { useT } from '../../language.ts'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Chips } from './chips.tsx'
import { groupCard, groupMsisdn } from './document-entry.ts'
import type { SettlementDraft } from './drafts.ts'
import { GroupedInput } from './grouped-input.tsx'
import { InvoiceFields } from './invoice-fields.tsx'
import { RefundRouteNote } from './refund-routes.tsx'
import {
  disconnectReasons,
  needsAccount,
  refundRoutes,
  type SettlementField,
  settlementInput,
  settlementProblems,
} from './settlement-entry.ts'
import { useCase } from './use-case.ts'
import { latestCase, useSaveOnLeave } from './use-save-on-leave.ts'

interface SettlementFormProps {
  form: SettlementDraft
  attempts: number
  /** True while this form is what has to be done now, so that digits choose the reason. */
  current: boolean
}

/** Where a refund goes, whom the home province may call, and why the customer leaves. */
export function SettlementForm({ form, attempts, current }: SettlementFormProps) {
  const t = useT()
  const reasonError = useId()
  const { caseId, view, place, draft, run } = useCase()
  const box = useRef<HTMLDivElement>(null)
  const refundableFen = view.progress.settlement?.refundableFen
  const refundDue = refundableFen !== undefined && refundableFen > 0
  const { moneyBack } = view.progress
  const bills = moneyBack?.invoices ?? []
  const option = moneyBack?.options.find(({ rule }) => rule.route === form.route)
  const problems = attempts > 0 ? settlementProblems(form, refundDue, bills) : {}
  const failure = place.failure?.name === 'case.saveSettlement' ? place.failure.error : undefined
  const set = (change: Partial<SettlementDraft>) =>
    draft(({ settlement }) => ({ settlement: { ...settlement, ...change } }))
  // What is complete goes to disk even when the clerk leaves without pressing Enter.
  useSaveOnLeave(() => {
    const input = settlementInput(form, refundDue, bills)
    if (input && !latestCase(caseId)?.contact) void run('case.saveSettlement', input)
  })
  const said = (field: SettlementField) => {
    const problem = problems[field]
    return problem && t(problem.key)
  }

  const { rule } = view.progress.asker
  // An absent holder's money is not handed over the counter: the asker's rule says which ways remain.
  const routes = refundRoutes.filter((route) => !rule || rule.refund.routes.includes(route))

  useEffect(() => {
    if (attempts > 0)
      box.current
        ?.querySelector<HTMLElement>('input[aria-invalid="true"], [role="radiogroup"][aria-invalid="true"] input')
        ?.focus()
  }, [attempts])

  return (
    <div ref={box}>
      <FieldGroup>
        {refundDue ? (
          <Panel
            title={t('case.settlement.refund')}
            aside={t('case.settlement.refundNote', { amount: formatYuan(refundableFen) })}
          >
            <Chips
              label={t('case.settlement.route')}
              value={form.route}
              choices={routes.map((route) => ({ value: route, label: t(`refundRoute.${route}`) }))}
              onChange={(route) => set({ route, account: '' })}
            />
            {option ? <RefundRouteNote option={option} /> : null}
            <FieldGroup columns={2}>
              {needsAccount(form.route) ? (
                <Field
                  label={t(form.route === 'bankCard' ? 'case.settlement.cardAccount' : 'case.settlement.numberAccount')}
                  name="refund.account"
                  failure={failure}
                  problem={said('account')}
                >
                  {(control) => (
                    <GroupedInput
                      {...control}
                      data-entry
                      inputMode="numeric"
                      value={form.route === 'bankCard' ? groupCard(form.account) : groupMsisdn(form.account)}
                      group={form.route === 'bankCard' ? groupCard : groupMsisdn}
                      onChange={(account) => set({ account })}
                    />
                  )}
                </Field>
              ) : null}
              <Field
                label={t('case.settlement.holderName')}
                name="refund.holderName"
                failure={failure}
                problem={said('holderName')}
              >
                {(control) => (
                  <Input
                    {...control}
                    maxLength={60}
                    value={form.holderName}
                    onChange={({ target }) => set({ holderName: target.value })}
                  />
                )}
              </Field>
            </FieldGroup>
          </Panel>
        ) : null}
        {moneyBack ? (
          <InvoiceFields
            bills={bills}
            policy={moneyBack.invoicePolicy}
            form={form}
            attempts={attempts}
            onChange={(invoices) => set({ invoices })}
          />
        ) : null}
        <Panel title={t('case.settlement.contact')}>
          <FieldGroup columns={2}>
            <Field
              label={t('case.settlement.contactPhone')}
              name="contact.phone"
              hint={t('case.settlement.contactHint')}
              failure={failure}
              problem={said('contactPhone')}
            >
              {(control) => (
                <GroupedInput
                  {...control}
                  data-entry
                  inputMode="numeric"
                  value={groupMsisdn(form.contactPhone)}
                  group={groupMsisdn}
                  onChange={(contactPhone) => set({ contactPhone })}
                />
              )}
            </Field>
            <Field
              label={t('case.settlement.contactName')}
              name="contact.name"
              failure={failure}
              problem={said('contactName')}
            >
              {(control) => (
                <Input
                  {...control}
                  maxLength={60}
                  value={form.contactName}
                  onChange={({ target }) => set({ contactName: target.value })}
                />
              )}
            </Field>
            <div className="case-reason">
              <span className="case-faint">{t('case.settlement.disconnectReason')}</span>
              <Chips
                label={t('case.settlement.disconnectReason')}
                value={form.disconnectReason}
                digits={current}
                invalid={problems.disconnectReason !== undefined}
                describedBy={problems.disconnectReason ? reasonError : undefined}
                choices={disconnectReasons.map((reason) => ({ value: reason, label: t(`disconnectReason.${reason}`) }))}
                onChange={(disconnectReason) => set({ disconnectReason })}
              />
              {problems.disconnectReason ? (
                <span id={reasonError} className="case-problem" role="alert">
                  {said('disconnectReason')}
                </span>
              ) : null}
            </div>
          </FieldGroup>
        </Panel>
      </FieldGroup>
    </div>
  )
}
