import { Checkbox, Input, Select } from 'antd'
import { useRef } from 'react'
import { type Asker, secondRole } from '../../../shared/domain/asker.ts'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import {
  documentTypes,
  type IdentificationType,
  identificationTypes,
} from '../../../shared/domain/identification-type.ts'
import type { Translate } from '../../../shared/i18n/translate.ts'
import { coreNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Panel } from '../../ui/panel.tsx'
import {
  type DocumentField,
  documentOf,
  documentRules,
  groupDate,
  groupIdentification,
  reasonsOf,
} from './document-entry.ts'
import type { DocumentDraft } from './drafts.ts'
import { GroupedInput } from './grouped-input.tsx'
import { ManualReasonField } from './manual-reason-field.tsx'
import { MrzField } from './mrz-field.tsx'
import { useCase } from './use-case.ts'
import { useDocumentProblems } from './use-document-problems.ts'
import { latestCase, useSaveOnLeave } from './use-save-on-leave.ts'
import './document-form.css'

/** The holder's document, or that of who asks for the holder, as typed from the original; each field is checked when it is left. */
export function DocumentForm({ who, attempts }: { who: 'holder' | 'second'; attempts: number }) {
  const t = useT()
  const { caseId, view, drafts, draft, place, run } = useCase()
  const { kind, rule } = view.progress.asker
  const value = who === 'holder' ? drafts.document : drafts.second
  const form = useRef<HTMLFormElement>(null)
  const rules = documentRules(view, who)
  const { problems, leave, touch } = useDocumentProblems(value, attempts, form, rules)
  // A document that is complete goes to disk even when the clerk leaves without pressing Enter.
  useSaveOnLeave(() => {
    const document = documentOf(value, shanghaiDate(coreNow()), rules)
    const now = latestCase(caseId)
    if (!document.ok || (now?.asker?.kind ?? 'holder') !== kind) return
    if (who === 'holder' && !now?.document) void run('case.saveDocument', { document: document.value })
    if (who === 'second' && !now?.asker?.document)
      void run('case.saveSecond', { document: document.value, ...relationOf(drafts.relation) })
  })
  const command = who === 'holder' ? 'case.saveDocument' : 'case.saveSecond'
  const failure = place.failure?.name === command ? place.failure.error : undefined
  const types = (who === 'holder' ? rule?.holder.types : rule?.second?.types) ?? identificationTypes
  const set = (change: Partial<DocumentDraft>) => {
    for (const field of Object.keys(change)) touch(field as DocumentField)
    draft((old) =>
      who === 'holder' ? { document: { ...old.document, ...change } } : { second: { ...old.second, ...change } },
    )
  }
  const said = (field: DocumentField) => {
    const problem = problems[field]
    return problem && t(problem.key, problem.params)
  }

  return (
    <Panel
      title={documentTitle(who, kind, t)}
      aside={rule?.holder.document === 'stated' && who === 'holder' ? t('case.asker.stated') : undefined}
    >
      <form ref={form} className="case-stack" onSubmit={(event) => event.preventDefault()}>
        <FieldGroup columns={3}>
          <Field label={t('case.identity.type')} name="identificationType" failure={failure}>
            {({ status, ...control }) => (
              <Select
                {...control}
                status={status}
                value={value.identificationType}
                virtual={false}
                listHeight={420}
                options={types.map((type) => ({ value: type, label: t(`documentType.${type}`) }))}
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
          <Field
            label={t(value.identificationType === 'UNIT_LICENSE' ? 'case.identity.organisation' : 'case.identity.name')}
            name="name"
            failure={failure}
            problem={said('name')}
          >
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
          {who === 'second' ? (
            <Field label={t('case.asker.relation')} name="relation" failure={failure}>
              {(control) => (
                <Input
                  {...control}
                  value={drafts.relation}
                  maxLength={40}
                  autoComplete="off"
                  onChange={({ target }) => draft(() => ({ relation: target.value }))}
                />
              )}
            </Field>
          ) : null}
          <ManualReasonField
            value={value}
            reasons={reasonsOf(value, rules)}
            problems={{ manualReason: said('manualReason'), manualNote: said('manualNote') }}
            failure={failure}
            set={set}
          />
          {documentTypes[value.identificationType].mrz ? <MrzField value={value} failure={failure} set={set} /> : null}
        </FieldGroup>
      </form>
    </Panel>
  )
}

/** The heading of a document: whose it is, where two people bring one each. */
export function documentTitle(who: 'holder' | 'second', asker: Asker, t: Translate): string {
  const role = who === 'second' ? secondRole(asker) : secondRole(asker) ? 'holder' : undefined
  return role ? t('case.asker.documentOf', { role: t(`partyRole.${role}`) }) : t('case.identity.document')
}

/** The relation as the command takes it: left out while nothing is typed. */
export function relationOf(typed: string): { relation?: string } {
  return typed.trim() ? { relation: typed.trim() } : {}
}
