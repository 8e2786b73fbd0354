import { Input } from 'antd'
import type { CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { formatYuan } from '../../../shared/domain/money.ts'
import { approvalsOfFigures, type FiguresApproval } from '../../../shared/domain/recheck.ts'
import { useT } from '../../language.ts'
import { ApproverFields } from '../../ui/approver-fields.tsx'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useFigures } from './figures-store.ts'

/** The next thing a second person has to sign for before new figures can be accepted; undefined when nothing is left. */
export function nextApproval({ case: case_, order }: CaseView): FiguresApproval | undefined {
  if (!order?.figures) return undefined
  return approvalsOfFigures(case_, order.figures).find(({ approval }) => !approval)?.asked
}

/** What new figures ask a second person for, each with its sum, who has signed, and the fields for who signs next. */
export function FiguresApprovals({ view }: { view: CaseView }) {
  const t = useT()
  const { approver, setApprover, failure } = useFigures()
  const asked = approvalsOfFigures(view.case, view.order!.figures!)
  const next = nextApproval(view)
  if (asked.length === 0) return null
  return (
    <section className="figures-approvals" aria-label={t('case.approval.title')}>
      <h3>{t('case.approval.title')}</h3>
      <p className="figures-lead">{t('order.figures.approvals')}</p>
      <ul>
        {asked.map(({ asked: { subject, agreementId, amountFen }, approval }) => (
          <li key={`${subject} ${agreementId}`}>
            <Tag tone={approval ? 'done' : 'waits'}>{t(`approval.${subject}`)}</Tag>{' '}
            {amountFen === undefined ? null : <strong>¥{formatYuan(amountFen)}</strong>}{' '}
            {approval
              ? t('case.approval.grantedBy', {
                  name: approval.approverName,
                  time: formatInstant(approval.approvedAt),
                })
              : null}
          </li>
        ))}
      </ul>
      {next ? (
        <FieldGroup columns={3}>
          <ApproverFields approver={approver} onChange={setApprover} failure={failure} />
          <Field label={t('case.approval.reason')} name="reason" failure={failure}>
            {(control) => (
              <Input
                {...control}
                maxLength={200}
                value={approver.reason ?? t('case.approval.reasonDefault')}
                onChange={({ target }) => setApprover({ reason: target.value })}
              />
            )}
          </Field>
        </FieldGroup>
      ) : null}
    </section>
  )
}

/** Enter signs for the second person, with what they typed. */
export function ApproveFigures({ asked }: { asked: FiguresApproval }) {
  const t = useT()
  const { approver, busy, approve } = useFigures()
  const reason = (approver.reason ?? t('case.approval.reasonDefault')).trim()
  const ready = approver.staffId.trim() !== '' && approver.password !== '' && reason.length >= 2
  return (
    <PrimaryAction
      label={t('case.deed.confirmApproval')}
      note={ready ? undefined : t('order.figures.secondPersonFirst')}
      disabled={!ready}
      busy={busy}
      onPress={() => void approve(asked, reason)}
    />
  )
}
