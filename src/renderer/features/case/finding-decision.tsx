import { Input } from 'antd'
import { type RefObject, useId } from 'react'
import { useT } from '../../language.ts'
import { type Approver, ApproverFields } from '../../ui/approver-fields.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { useCase } from './use-case.ts'
import './finding-decision.css'

/** What is noted when the customer is told, or when the clerk goes on by their own right. */
export function Note({ code, decided }: { code: string; decided: boolean }) {
  const t = useT()
  const id = useId()
  const { place, drafts, draft } = useCase()
  const failure = place.failure?.subject === code ? place.failure.error : undefined
  return (
    <div className="case-note">
      <label htmlFor={id}>{t(decided ? 'finding.reason' : 'case.preCheck.reason')}</label>
      <Input
        id={id}
        data-entry
        maxLength={200}
        value={drafts.reasons[code] ?? t(decided ? 'finding.reasonDefault' : 'case.preCheck.reasonDefault')}
        onChange={({ target }) => draft(({ reasons }) => ({ reasons: { ...reasons, [code]: target.value } }))}
      />
      {failure ? (
        <span className="case-problem" role="alert">
          <FailureText failure={failure} />
        </span>
      ) : null}
    </div>
  )
}

/** A supervisor's right, used at the clerk's screen with their own password. */
export function SupervisorDecision({
  code,
  approver,
  form,
  onChange,
}: {
  code: string
  approver: Approver
  form: RefObject<HTMLDivElement | null>
  onChange(approver: Approver): void
}) {
  const t = useT()
  const { place, drafts, draft } = useCase()
  const failure = place.failure?.subject === code ? place.failure.error : undefined
  return (
    <div ref={form}>
      <FieldGroup columns={3}>
        <ApproverFields
          approver={approver}
          onChange={(change) => onChange({ ...approver, ...change })}
          failure={failure}
          entry
        />
        <Field label={t('finding.reason')} name="reason" failure={failure}>
          {(control) => (
            <Input
              {...control}
              maxLength={200}
              value={drafts.reasons[code] ?? t('finding.reasonDefault')}
              onChange={({ target }) => draft(({ reasons }) => ({ reasons: { ...reasons, [code]: target.value } }))}
            />
          )}
        </Field>
      </FieldGroup>
      {failure && !failure.field ? (
        <span className="case-problem" role="alert">
          <FailureText failure={failure} />
        </span>
      ) : null}
    </div>
  )
}
