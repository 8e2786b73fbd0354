import { Input } from 'antd'
import { useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { useT } from '../../language.ts'
import { type Approver, ApproverFields } from '../../ui/approver-fields.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { concerns, Field, FieldGroup } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { Tag } from '../../ui/tag.tsx'
import { Elsewhere } from './elsewhere.tsx'
import { useCase } from './use-case.ts'

/** A second person signs beside the clerk, above the step and without leaving it; what is typed there stays. */
export function ApprovalPanel() {
  const t = useT()
  const { view, place, drafts, draft, run, open, foot } = useCase()
  const [approver, setApprover] = useState<Approver>({ staffId: '', password: '' })
  const { staffId, password } = approver
  const [attempted, setAttempted] = useState(false)
  const form = useRef<HTMLDivElement>(null)
  // A waiver is asked for and granted at its agreement, where its amount is.
  const subjects = view.progress.approvalsNeeded.filter((approval) => approval.subject !== 'waiver')
  const next = subjects.find((approval) => !approval.granted)
  const reason = drafts.approvalReason ?? t('case.approval.reasonDefault')
  const shown = ['case.approve', 'approval.ask', 'approval.withdraw']
  const failure = place.failure && shown.includes(place.failure.name) ? place.failure.error : undefined
  const busy = place.running.includes('case.approve')

  useLayoutEffect(() => {
    form.current?.querySelector('input')?.focus()
  }, [])

  async function approve() {
    setAttempted(true)
    if (!next || !staffId.trim() || !password || reason.trim().length < 2) return
    const result = await run('case.approve', { subject: next.subject, reason, approver })
    setApprover((now) => ({ ...now, password: '' }))
    if (!result?.ok) return
    const more = result.value.progress.approvalsNeeded.some((each) => each.subject !== 'waiver' && !each.granted)
    setAttempted(false)
    if (!more) open(undefined)
  }

  const need = (missing: boolean, key: 'needStaff' | 'needPassword' | 'needReason') =>
    attempted && missing && !failure ? t(`case.approval.${key}`) : undefined
  return (
    <div className="case-panel">
      <Panel title={t('case.approval.title')} aside={t('case.approval.intro')}>
        <ul className="case-approvals">
          {subjects.map(({ subject, granted }) => {
            const approval = view.case.approvals.find((each) => each.subject === subject)
            return (
              <li key={subject}>
                <Tag tone={granted ? 'done' : subject === next?.subject ? 'chosen' : 'waits'}>
                  {t(`approval.${subject}`)}
                </Tag>{' '}
                {approval ? (
                  <span className="case-faint">
                    {t('case.approval.grantedBy', {
                      name: approval.approverName,
                      time: formatInstant(approval.approvedAt),
                    })}
                  </span>
                ) : null}
              </li>
            )
          })}
        </ul>
        {failure && !failure.field?.startsWith('approver') && !concerns(failure, 'reason') ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        {next ? (
          <div ref={form}>
            <FieldGroup columns={3}>
              <ApproverFields
                approver={approver}
                onChange={(change) => setApprover((now) => ({ ...now, ...change }))}
                failure={failure}
                problems={{
                  staffId: need(!staffId.trim(), 'needStaff'),
                  password: need(password === '', 'needPassword'),
                }}
              />
              <Field
                label={t('case.approval.reason')}
                name="reason"
                failure={failure}
                problem={need(reason.trim().length < 2, 'needReason')}
              >
                {(control) => (
                  <Input
                    {...control}
                    maxLength={200}
                    value={reason}
                    onChange={({ target }) => draft(() => ({ approvalReason: target.value }))}
                  />
                )}
              </Field>
            </FieldGroup>
          </div>
        ) : (
          <p>{t(subjects.length > 0 ? 'case.approval.granted' : 'case.approval.none')}</p>
        )}
        <Elsewhere />
      </Panel>
      {foot
        ? createPortal(
            next ? (
              <PrimaryAction
                layer="panel"
                label={t('case.deed.confirmApproval')}
                onPress={() => void approve()}
                busy={busy}
              />
            ) : (
              <PrimaryAction layer="panel" label={t('case.key.close')} onPress={() => open(undefined)} />
            ),
            foot,
          )
        : null}
    </div>
  )
}
