import { useEffect, useRef, useState } from 'react'
import { findingEffects } from '../../../shared/domain/blocker-findings.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { taskKey } from '../../../shared/domain/task.ts'
import type { Translate } from '../../../shared/i18n/translate.ts'
import { useLanguage, useT } from '../../language.ts'
import type { Approver } from '../../ui/approver-fields.tsx'
import { Notice } from '../../ui/notice.tsx'
import { blockerName } from '../../ui/sentence.ts'
import { useKeys } from '../../ui/use-keys.ts'
import { AccountFacts } from './account-facts.tsx'
import { type Deed, deedOf } from './deeds.ts'
import { Note, SupervisorDecision } from './finding-decision.tsx'
import { FindingGroup } from './finding-group.tsx'
import { groupFindings } from './findings.ts'
import { type StepAction, StepPage } from './step-page.tsx'
import { useCase, useProofAlive, wayLabel } from './use-case.ts'
import './findings.css'

/** The finding a deed is about. */
function codeOf(deed: Deed): string | undefined {
  return deed.kind === 'acknowledge' || deed.kind === 'override' || deed.kind === 'task' ? deed.code : undefined
}

/** How many findings do what to the case; what there is none of is not mentioned. */
function partsOf(groups: ReturnType<typeof groupFindings>, t: Translate): string {
  return findingEffects
    .filter((effect) => groups[effect].length > 0)
    .map((effect) => t(`finding.part.${effect}`, { count: groups[effect].length }))
    .join(t('finding.comma'))
}

const nobody: Approver = { staffId: '', password: '' }

/** Step 3: everything the home province holds against the cancellation, at once, and what the account looks like. */
export function PreCheckStep() {
  const t = useT()
  const { view, place, drafts, run, goTo, open } = useCase()
  const alive = useProofAlive(view)
  const deed = deedOf(view, 'preCheck', { proofAlive: alive })
  const running = place.running.includes('case.preCheck')
  const { preCheck, goneFindings = [] } = view.case
  const [approver, setApprover] = useState(nobody)
  const form = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const asked = useRef(false)
  const check = () => void run('case.preCheck', {})
  useEffect(() => {
    if (deed.kind !== 'preCheck' || asked.current) return
    asked.current = true
    void run('case.preCheck', {})
  })
  useKeys([
    { key: 'F9', label: t('case.deed.reCheck'), bar: true, disabled: !alive || running, run: check },
    { key: 'F11', label: t('finding.note.key'), bar: true, disabled: !preCheck, run: () => open('note') },
    { key: 'ArrowDown', label: t('finding.key.next'), run: () => moveFocus(list.current, 1) },
    { key: 'ArrowUp', run: () => moveFocus(list.current, -1) },
  ])

  async function override(code: string) {
    const reason = drafts.reasons[code]?.trim() || t('finding.reasonDefault')
    const result = await run('case.overrideBlocker', { code, reason, approver }, code)
    setApprover(result?.ok ? nobody : { ...approver, password: '' })
  }

  const action = ((): StepAction => {
    switch (deed.kind) {
      case 'goTo':
        return { label: wayLabel(deed, t), onPress: () => goTo(deed.step) }
      case 'acknowledge': {
        const words = deed.decided ? 'finding.reasonDefault' : 'case.preCheck.reasonDefault'
        const reason = drafts.reasons[deed.code]?.trim() || t(words)
        return {
          label: t(deed.decided ? 'finding.deed.decide' : 'case.deed.acknowledge'),
          onPress: () => void run('case.acknowledge', { code: deed.code, reason }, deed.code),
          busy: place.running.includes('case.acknowledge'),
        }
      }
      case 'override':
        return {
          label: t('finding.deed.override'),
          onPress: () => void override(deed.code),
          disabled: !approver.staffId.trim() || approver.password === '',
          note: t('finding.deed.overrideNote'),
          busy: place.running.includes('case.overrideBlocker'),
        }
      case 'task': {
        const { action, subject } = deed
        return {
          label: t('finding.deed.task', { task: t(`task.${action}`) }),
          onPress: () => void run('case.doTask', { action, subject, way: 'withOrder' }, taskKey(deed)),
          note: t('finding.deed.taskNote'),
          busy: place.running.includes('case.doTask'),
        }
      }
      case 'reCheck':
        return alive
          ? { label: t('case.deed.reCheck'), onPress: check, busy: running }
          : { label: t('case.deed.back', { step: t('step.identity') }), onPress: () => goTo('identity') }
      default:
        return { label: t('case.deed.preCheck'), onPress: check, busy: running }
    }
  })()

  const groups = groupFindings(view.progress.findings)
  const current = codeOf(deed)
  return (
    <StepPage
      step="preCheck"
      lead={
        view.progress.findings.length > 0
          ? t('finding.summary', { count: view.progress.findings.length, parts: partsOf(groups, t) })
          : t('case.preCheck.intro')
      }
      action={action}
      focusKey={`${deed.kind}:${current ?? ''}:${preCheck?.preCheckId}`}
      fields={['approver', 'reason']}
      shownElsewhere={(subject) => subject !== undefined}
    >
      {!preCheck ? (
        <Notice tone="plain">
          {t(running ? 'case.preCheck.running' : alive ? 'case.preCheck.intro' : 'case.preCheck.needProof')}
        </Notice>
      ) : null}
      {preCheck && view.progress.findings.length === 0 ? (
        <Notice tone="done" title={t('case.preCheck.clear')}>
          {t('case.preCheck.checkedAt', { time: formatInstant(preCheck.checkedAt) })}
        </Notice>
      ) : null}
      <Gone codes={goneFindings.map(({ code }) => code)} />
      <div ref={list} className="case-finding-groups">
        {findingEffects.map((effect) => (
          <FindingGroup key={effect} effect={effect} findings={groups[effect]} current={current}>
            {({ code }) => {
              if (code !== current) return null
              if (deed.kind === 'acknowledge') return <Note code={code} decided={deed.decided} />
              return deed.kind === 'override' ? (
                <SupervisorDecision code={code} approver={approver} form={form} onChange={setApprover} />
              ) : null
            }}
          </FindingGroup>
        ))}
      </div>
      {preCheck ? <AccountFacts account={preCheck.account} /> : null}
    </StepPage>
  )
}

/** What earlier pre-checks found and the latest no longer does. */
function Gone({ codes }: { codes: readonly string[] }) {
  const t = useT()
  const language = useLanguage()
  if (codes.length === 0) return null
  const names = codes.map((code) => blockerName(language, code)).join(t('finding.and'))
  return (
    <Notice tone="done" title={t('finding.gone', { count: codes.length })}>
      {names}
    </Notice>
  )
}

/** From one finding to the next; on the first press to the first. */
function moveFocus(list: HTMLElement | null, step: 1 | -1): void {
  const heads = [...(list?.querySelectorAll<HTMLElement>('.case-finding-head') ?? [])]
  const at = heads.indexOf(document.activeElement as HTMLElement)
  const next = at < 0 ? (step > 0 ? heads[0] : heads.at(-1)) : heads[at + step]
  next?.focus()
}
