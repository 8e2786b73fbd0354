import { Input } from 'antd'
import { useState } from 'react'
import { createPortal } from 'react-dom'
import { formatYuan, parseYuan } from '../../../shared/domain/money.ts'
import type { PenaltyQuote } from '../../../shared/domain/penalty-quote.ts'
import { useT } from '../../language.ts'
import { type Approver, ApproverFields } from '../../ui/approver-fields.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { emptyWaiver, type WaiverDraft } from './drafts.ts'
import { useCase } from './use-case.ts'

const fields = ['requestedWaiverFen', 'waivedFen', 'reason', 'approver.staffId', 'approver.password']

/** Asks for a part of the penalty to be waived; the supervisor grants it here with their own password. */
export function WaiverForm({ quote, active, onClose }: { quote: PenaltyQuote; active: boolean; onClose(): void }) {
  const t = useT()
  const { place, drafts, draft, run, foot, open } = useCase()
  const { agreementId } = quote
  const value = drafts.waivers[agreementId] ?? emptyWaiver
  const [approver, setApprover] = useState<Approver>({ staffId: '', password: '' })
  const { staffId, password } = approver
  const [attempted, setAttempted] = useState(false)
  const failure = place.failure?.subject === agreementId ? place.failure.error : undefined
  const amountFen = parseYuan(value.amount)
  const amountRight = amountFen !== undefined && amountFen > 0 && amountFen <= quote.amountFen
  const reasonRight = value.reason.trim().length >= 2
  const set = (change: Partial<WaiverDraft>) =>
    draft(({ waivers }) => ({ waivers: { ...waivers, [agreementId]: { ...value, ...change } } }))
  useKeys([{ key: 'Escape', label: t('case.key.close'), bar: true, disabled: !active, run: onClose }], 'panel')

  async function ask() {
    setAttempted(true)
    if (!amountRight || !reasonRight || !staffId.trim() || !password) return
    const choice = { agreementId, option: 'waiver' as const, requestedWaiverFen: amountFen }
    const chosen = await run('case.chooseAgreement', choice, agreementId)
    if (!chosen?.ok) return
    const granted = await run(
      'case.approve',
      { subject: 'waiver', agreementId, waivedFen: amountFen, reason: value.reason, approver },
      agreementId,
    )
    setApprover((now) => ({ ...now, password: '' }))
    if (granted?.ok) onClose()
  }

  /** Nobody with the right is here: the wish is kept in the case and asked at another counter. */
  async function askElsewhere() {
    setAttempted(true)
    if (!amountRight || !reasonRight) return
    const choice = { agreementId, option: 'waiver' as const, requestedWaiverFen: amountFen }
    const chosen = await run('case.chooseAgreement', choice, agreementId)
    if (!chosen?.ok) return
    const asked = await run('approval.ask', { subject: 'waiver', agreementId, reason: value.reason }, agreementId)
    if (!asked?.ok) return
    onClose()
    open('approval')
  }
  useKeys(
    [
      {
        key: 'F9',
        label: t('case.elsewhere.ask'),
        bar: true,
        disabled: !active || place.panel !== undefined,
        run: () => void askElsewhere(),
      },
    ],
    'panel',
  )

  const need = (right: boolean, words: string) => (attempted && !right && !failure ? words : undefined)
  return (
    <div className="case-waiver">
      {failure && !fields.includes(failure.field ?? '') ? (
        <Notice tone="stops">
          <FailureText failure={failure} />
        </Notice>
      ) : null}
      <FieldGroup columns={2}>
        <Field
          label={t('case.agreements.waiverAmount')}
          name="requestedWaiverFen"
          hint={t('case.agreements.waiverMax', { amount: formatYuan(quote.amountFen) })}
          failure={failure}
          problem={need(amountRight, t('case.agreements.waiverMalformed'))}
        >
          {(control) => (
            <Input
              {...control}
              data-entry={active ? true : undefined}
              inputMode="decimal"
              autoComplete="off"
              value={value.amount}
              onChange={({ target }) => set({ amount: target.value })}
            />
          )}
        </Field>
        <Field
          label={t('case.agreements.waiverReason')}
          name="reason"
          failure={failure}
          problem={need(reasonRight, t('case.approval.needReason'))}
        >
          {(control) => (
            <Input
              {...control}
              maxLength={200}
              value={value.reason}
              onChange={({ target }) => set({ reason: target.value })}
            />
          )}
        </Field>
        <ApproverFields
          approver={approver}
          onChange={(change) => setApprover((now) => ({ ...now, ...change }))}
          failure={failure}
          problems={{
            staffId: need(staffId.trim() !== '', t('case.approval.needStaff')),
            password: need(password !== '', t('case.approval.needPassword')),
          }}
        />
      </FieldGroup>
      {foot && active && !place.panel
        ? createPortal(
            <PrimaryAction
              layer="panel"
              label={t('case.deed.askWaiver')}
              onPress={() => void ask()}
              busy={place.running.includes('case.approve') || place.running.includes('case.chooseAgreement')}
            />,
            foot,
          )
        : null}
    </div>
  )
}
