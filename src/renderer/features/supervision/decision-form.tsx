import { Input } from 'antd'
import { useLayoutEffect, useRef, useState } from 'react'
import type { ApprovalRequestView } from '../../../shared/protocol/changes.ts'
import { useT } from '../../language.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { concerns, Field, FieldGroup } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { useSupervision } from './supervision-store.ts'

/** A supervisor decides with a reason and their own password: Enter approves, F6 refuses. */
export function DecisionForm({ request }: { request: ApprovalRequestView }) {
  const t = useT()
  const { failure, busy, decide } = useSupervision()
  const [reason, setReason] = useState('')
  const [password, setPassword] = useState('')
  const [attempted, setAttempted] = useState(false)
  const form = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => form.current?.querySelector('input')?.focus(), [])

  async function send(decision: 'grant' | 'refuse') {
    setAttempted(true)
    if (reason.trim().length < 2 || password === '' || busy) return
    const { requestId } = request
    const result = await decide({ requestId, decision, reason, password })
    setPassword('')
    if (result.ok) setAttempted(false)
  }
  useKeys([{ key: 'F6', label: t('supervision.refuse'), bar: true, disabled: busy, run: () => void send('refuse') }])
  const known = concerns(failure, 'reason') || concerns(failure, 'password')
  return (
    <Panel title={t('supervision.decide')} aside={t('supervision.decideLead')}>
      {failure?.field && !known ? (
        <Notice tone="stops">
          <FailureText failure={failure} />
        </Notice>
      ) : null}
      <div ref={form}>
        <FieldGroup columns={2}>
          <Field
            label={t('supervision.reason')}
            name="reason"
            failure={failure}
            problem={attempted && reason.trim().length < 2 ? t('case.approval.needReason') : undefined}
          >
            {(control) => (
              <Input {...control} maxLength={200} value={reason} onChange={({ target }) => setReason(target.value)} />
            )}
          </Field>
          <Field
            label={t('supervision.password')}
            name="password"
            failure={failure}
            problem={attempted && password === '' && !failure ? t('case.approval.needPassword') : undefined}
          >
            {(control) => (
              <Input.Password
                {...control}
                autoComplete="off"
                visibilityToggle={false}
                value={password}
                onChange={({ target }) => setPassword(target.value)}
              />
            )}
          </Field>
        </FieldGroup>
      </div>
      <div className="supervision-decide">
        <PrimaryAction label={t('supervision.grant')} busy={busy} onPress={() => void send('grant')} />
        <button type="button" className="supervision-refuse" disabled={busy} onClick={() => void send('refuse')}>
          {t('supervision.refuse')} · F6
        </button>
      </div>
    </Panel>
  )
}
