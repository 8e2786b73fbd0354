import { Input, Select } from 'antd'
import { formatYuan } from '../../../shared/domain/money.ts'
import { isGrave, type RepairAction } from '../../../shared/domain/repairs.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import type { RepairOptions } from '../../../shared/protocol/repairs.ts'
import { useT } from '../../language.ts'
import { Field, FieldGroup } from '../../ui/field.tsx'

/** What is typed, for whichever repair is chosen. */
export interface RepairEntry {
  reason: string
  password: string
  staffId: string | undefined
  paymentId: string | undefined
  reference: string
}

/** Nothing typed yet; the only payment in question is chosen already. */
export function emptyRepair(options: RepairOptions): RepairEntry {
  const [only] = options.unposted
  return { reason: '', password: '', staffId: undefined, paymentId: only?.paymentId, reference: '' }
}

interface RepairFieldsProps {
  action: RepairAction
  options: RepairOptions
  entry: RepairEntry
  failure: Failure | undefined
  onChange(changes: Partial<RepairEntry>): void
}

/** The fields a repair needs: always a reason; for some a person, a payment with its evidence, a password. */
export function RepairFields({ action, options, entry, failure, onChange }: RepairFieldsProps) {
  const t = useT()
  return (
    <FieldGroup columns={2}>
      {action === 'handOver' ? (
        <Field label={t('repair.person')} name="staffId" failure={failure}>
          {({ status, ...control }) => (
            <Select
              {...control}
              status={status}
              value={entry.staffId ?? null}
              placeholder={t('repair.personNone')}
              virtual={false}
              options={options.people.map(({ staffId, name, role }) => ({
                value: staffId,
                label: `${name} · ${staffId} · ${t(`role.${role}`)}`,
              }))}
              onChange={(staffId: string) => onChange({ staffId })}
            />
          )}
        </Field>
      ) : null}
      {action === 'markPosted' ? (
        <>
          <Field label={t('repair.payment')} name="paymentId" failure={failure}>
            {({ status, ...control }) => (
              <Select
                {...control}
                status={status}
                value={entry.paymentId ?? null}
                virtual={false}
                options={options.unposted.map(({ paymentId, receiptNumber, amountFen }) => ({
                  value: paymentId,
                  label: `¥ ${formatYuan(amountFen)} · ${receiptNumber}`,
                }))}
                onChange={(paymentId: string) => onChange({ paymentId })}
              />
            )}
          </Field>
          <Field label={t('repair.reference')} name="reference" hint={t('repair.referenceHint')} failure={failure}>
            {(control) => (
              <Input
                {...control}
                maxLength={60}
                value={entry.reference}
                onChange={({ target }) => onChange({ reference: target.value })}
              />
            )}
          </Field>
        </>
      ) : null}
      {action === 'refundPaid' ? (
        <Field
          label={t('repair.providerReference')}
          name="reference"
          hint={t('repair.providerReferenceHint')}
          failure={failure}
        >
          {(control) => (
            <Input
              {...control}
              maxLength={60}
              value={entry.reference}
              onChange={({ target }) => onChange({ reference: target.value })}
            />
          )}
        </Field>
      ) : null}
      <Field label={t('repair.reason')} name="reason" hint={t('repair.reasonHint')} failure={failure}>
        {(control) => (
          <Input
            {...control}
            maxLength={200}
            value={entry.reason}
            onChange={({ target }) => onChange({ reason: target.value })}
          />
        )}
      </Field>
      {isGrave(action) ? (
        <Field label={t('supervision.password')} name="password" failure={failure}>
          {(control) => (
            <Input.Password
              {...control}
              autoComplete="off"
              visibilityToggle={false}
              value={entry.password}
              onChange={({ target }) => onChange({ password: target.value })}
            />
          )}
        </Field>
      ) : null}
    </FieldGroup>
  )
}
