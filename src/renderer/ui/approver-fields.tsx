import { Input } from 'antd'
import type { Failure } from '../../shared/domain/result.ts'
import { useT } from '../language.ts'
import { Field } from './field.tsx'

/** Who signs beside the person at the screen. The password lives in the form only and is gone when it was used. */
export interface Approver {
  staffId: string
  password: string
}

/**
 * The two fields by which a second person signs. `entry` marks the first as where the keyboard enters; `problems` is what is wrong with a
 * field before anything was sent.
 */
export function ApproverFields({
  approver,
  onChange,
  failure,
  problems = {},
  entry = false,
}: {
  approver: Approver
  onChange(change: Partial<Approver>): void
  failure: Failure | undefined
  problems?: { staffId?: string | undefined; password?: string | undefined }
  entry?: boolean
}) {
  const t = useT()
  return (
    <>
      <Field label={t('case.approval.staffId')} name="approver.staffId" failure={failure} problem={problems.staffId}>
        {(control) => (
          <Input
            {...control}
            {...(entry ? { 'data-entry': true } : {})}
            autoComplete="off"
            value={approver.staffId}
            onChange={({ target }) => onChange({ staffId: target.value })}
          />
        )}
      </Field>
      <Field label={t('case.approval.password')} name="approver.password" failure={failure} problem={problems.password}>
        {(control) => (
          <Input.Password
            {...control}
            autoComplete="off"
            visibilityToggle={false}
            value={approver.password}
            onChange={({ target }) => onChange({ password: target.value })}
          />
        )}
      </Field>
    </>
  )
}
