import { Input } from 'antd'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import { mrzContradictions, readMrz } from '../../../shared/domain/mrz-reading.ts'
import { coreNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { Field } from '../../ui/field.tsx'
import { Mark } from '../../ui/mark.tsx'
import { readDraft } from './document-entry.ts'
import type { DocumentDraft } from './drafts.ts'
import './mrz-field.css'

interface MrzFieldProps {
  value: DocumentDraft
  failure: React.ComponentProps<typeof Field>['failure']
  set(change: Partial<DocumentDraft>): void
}

/** What the zone says goes into the fields that are still empty; what is typed already stays and is compared. */
function withMrz(value: DocumentDraft, mrz: string): Partial<DocumentDraft> {
  const reading = readMrz(mrz, shanghaiDate(coreNow()))
  if (!reading.ok) return { mrz }
  const { identificationId, surname, givenNames, validTo } = reading.value
  return {
    mrz,
    ...(value.identificationId ? {} : { identificationId }),
    ...(value.name.trim() ? {} : { name: `${surname} ${givenNames}`.trim() }),
    ...(value.validTo || !validTo ? {} : { validTo }),
  }
}

/** The machine-readable zone, scanned by a reader that types or pasted: every check digit by name, and what contradicts the fields. */
export function MrzField({ value, failure, set }: MrzFieldProps) {
  const t = useT()
  const today = shanghaiDate(coreNow())
  const reading = value.mrz.trim() ? readMrz(value.mrz, today) : undefined
  const contradictions = reading?.ok ? mrzContradictions(reading.value, readDraft(value)) : []
  return (
    <div className="case-row case-mrz">
      <Field label={t('case.mrz.label')} name="mrz" hint={t('case.mrz.hint')} failure={failure}>
        {({ status, ...control }) => (
          <Input.TextArea
            {...control}
            status={status}
            rows={2}
            value={value.mrz}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => {
              const change = withMrz(value, target.value)
              set(change)
              // A whole zone has come in: on to what it does not say.
              if (!value.identificationId && change.identificationId)
                target.form?.querySelector<HTMLElement>('input[name="identificationId"]')?.focus()
            }}
          />
        )}
      </Field>
      {reading?.ok ? (
        <ul className="case-mrz-checks" aria-live="polite">
          {reading.value.checks.map(({ name, ok }) => (
            <li key={name}>
              <Mark tone={ok ? 'done' : 'stops'} />
              {t(ok ? 'case.mrz.right' : 'case.mrz.wrong', { check: t(`mrzCheck.${name}`) })}
            </li>
          ))}
          {contradictions.map((field) => (
            <li key={field}>
              <Mark tone="stops" />
              {t('case.mrz.contradiction', { field: t(`documentField.${field}`) })}
            </li>
          ))}
        </ul>
      ) : reading ? (
        <p className="case-problem">{t('error.document.mrzUnreadable')}</p>
      ) : null}
    </div>
  )
}
