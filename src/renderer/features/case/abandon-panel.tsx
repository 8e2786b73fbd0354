import { Input } from 'antd'
import { useLayoutEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { formatYuan } from '../../../shared/domain/money.ts'
import { useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Field } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { TakenPayments } from './taken-payments.tsx'
import { useCase } from './use-case.ts'

/** Giving the case up, with a reason; money that was taken is given back first, in the same place. */
export function AbandonPanel() {
  const t = useT()
  const { view, place, drafts, draft, run, foot } = useCase()
  const form = useRef<HTMLDivElement>(null)
  const reason = drafts.abandonReason
  const paidFen = view.progress.paidFen
  const failure = place.failure?.name === 'case.abandon' ? place.failure.error : undefined
  useLayoutEffect(() => {
    form.current?.querySelector('input')?.focus()
  }, [])

  async function abandon() {
    const result = await run('case.abandon', { reason })
    if (result?.ok) navigate({ name: 'desk' })
  }

  return (
    <div className="case-panel">
      <Panel title={t('case.abandon.title')} aside={t('case.abandon.intro')}>
        {paidFen > 0 ? (
          <>
            <Notice tone="stops">{t('case.abandon.paid', { amount: formatYuan(paidFen) })}</Notice>
            <TakenPayments />
          </>
        ) : (
          <div ref={form}>
            <Field label={t('case.abandon.reason')} name="reason" failure={failure}>
              {(control) => (
                <Input
                  {...control}
                  maxLength={200}
                  value={reason}
                  onChange={({ target }) => draft(() => ({ abandonReason: target.value }))}
                />
              )}
            </Field>
          </div>
        )}
        {failure && failure.field !== 'reason' ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
      </Panel>
      {foot
        ? createPortal(
            <PrimaryAction
              layer="panel"
              label={t('case.deed.confirmAbandon')}
              onPress={() => void abandon()}
              disabled={paidFen > 0 || reason.trim().length < 2}
              busy={place.running.includes('case.abandon')}
            />,
            foot,
          )
        : null}
    </div>
  )
}
