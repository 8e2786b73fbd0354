import { Checkbox, Input, Select } from 'antd'
import { useRef } from 'react'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import { type IdentificationType, identificationTypes } from '../../../shared/domain/identity-document.ts'
import { coreNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Panel } from '../../ui/panel.tsx'
import { type DocumentField, documentOf, groupDate, groupIdentification } from './document-entry.ts'
import type { DocumentDraft } from './drafts.ts'
import { GroupedInput } from './grouped-input.tsx'
import { useCase } from './use-case.ts'
import { useDocumentProblems } from './use-document-problems.ts'
import { latestCase, useSaveOnLeave } from './use-save-on-leave.ts'

/** The document as typed from the original; each field is checked when the clerk leaves it. */
export function DocumentForm({ attempts }: { attempts: number }) {
  const t = useT()
  const { caseId, drafts, draft, place, run } = useCase()
  const value = drafts.document
  const form = useRef<HTMLDivElement>(null)
  const { problems, leave, touch } = useDocumentProblems(value, attempts, form)
  // A document that is complete goes to disk even when the clerk leaves without pressing Enter.
  useSaveOnLeave(() => {
    const document = documentOf(value, shanghaiDate(coreNow()))
    if (document.ok && !latestCase(caseId)?.document) void run('case.saveDocument', { document: document.value })
  })
  const failure = place.failure?.name === 'case.saveDocument' ? place.failure.error : undefined
  const set = (change: Partial<DocumentDraft>) => {
    for (const field of Object.keys(change)) touch(field as DocumentField)
    draft(({ document }) => ({ document: { ...document, ...change } }))
  }
  const said = (field: DocumentField) => {
    const problem = problems[field]
    return problem && t(problem.key, problem.params)
  }

  return (
    <Panel title={t('case.identity.document')}>
      <div ref={form}>
        <FieldGroup columns={3}>
          <Field label={t('case.identity.type')} name="identificationType" failure={failure}>
            {({ status, ...control }) => (
              <Select
                {...control}
                status={status}
                value={value.identificationType}
                virtual={false}
                listHeight={420}
                options={identificationTypes.map((type) => ({ value: type, label: t(`documentType.${type}`) }))}
                onChange={(type: IdentificationType) =>
                  set({ identificationType: type, identificationId: groupIdentification(type, value.identificationId) })
                }
              />
            )}
          </Field>
          <Field
            label={t('case.identity.number')}
            name="identificationId"
            failure={failure}
            problem={said('identificationId')}
          >
            {(control) => (
              <GroupedInput
                {...control}
                data-entry
                value={value.identificationId}
                group={(text) => groupIdentification(value.identificationType, text)}
                onChange={(identificationId) => set({ identificationId })}
                onBlur={() => leave('identificationId')}
              />
            )}
          </Field>
          <Field label={t('case.identity.name')} name="name" failure={failure} problem={said('name')}>
            {(control) => (
              <Input
                {...control}
                value={value.name}
                autoComplete="off"
                onChange={({ target }) => set({ name: target.value })}
                onBlur={() => leave('name')}
              />
            )}
          </Field>
          <Field label={t('case.identity.authority')} name="issuingAuthority" failure={failure}>
            {(control) => (
              <Input
                {...control}
                value={value.issuingAuthority}
                autoComplete="off"
                onChange={({ target }) => set({ issuingAuthority: target.value })}
              />
            )}
          </Field>
          <Field
            label={t('case.identity.validFrom')}
            name="validFrom"
            hint={t('case.identity.dateHint')}
            failure={failure}
            problem={said('validFrom')}
          >
            {(control) => (
              <GroupedInput
                {...control}
                inputMode="numeric"
                placeholder="YYYY-MM-DD"
                value={value.validFrom}
                group={groupDate}
                onChange={(validFrom) => set({ validFrom })}
                onBlur={() => leave('validFrom')}
              />
            )}
          </Field>
          <div className="case-until">
            <Field label={t('case.identity.validTo')} name="validTo" failure={failure} problem={said('validTo')}>
              {(control) => (
                <GroupedInput
                  {...control}
                  inputMode="numeric"
                  placeholder="YYYY-MM-DD"
                  value={value.noEnd ? '' : value.validTo}
                  disabled={value.noEnd}
                  group={groupDate}
                  onChange={(validTo) => set({ validTo })}
                  onBlur={() => leave('validTo')}
                />
              )}
            </Field>
            <Checkbox checked={value.noEnd} onChange={({ target }) => set({ noEnd: target.checked, validTo: '' })}>
              {t('case.identity.noEnd')}
            </Checkbox>
          </div>
        </FieldGroup>
      </div>
    </Panel>
  )
}
