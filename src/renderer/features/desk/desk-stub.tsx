import type { DeskView, JobView } from '../../../shared/contract/views.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import { useApp } from '../../app-store.ts'
import { coreNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { navigate, type Route } from '../../routes.ts'
import { JobState } from '../../ui/job-state.tsx'
import { Money } from '../../ui/money.tsx'
import { groupDigits } from '../../ui/number-typing.ts'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { sentence, withoutYear } from '../../ui/sentence.ts'
import { Stub, StubItem, StubList, StubRow, StubSection } from '../../ui/stub.tsx'
import './desk-stub.css'
import { useDesk } from './desk-store.ts'
import { groupAlike } from './job-groups.ts'
import { useNewCase } from './new-case-store.ts'

/** So many kinds of jobs are named on the desk; the rest is on the outbox page. */
const groupsShown = 5

/** The stub of the day: cases, money, what needs a person, what waits to be sent. */
export function DeskStub() {
  const t = useT()
  const language = useLanguage()
  const day = useDesk((state) => state.day)
  return (
    <Stub
      label={t('desk.stub')}
      eyebrow={day ? t('desk.stubEyebrow', { date: day.date }) : t('desk.stub')}
      title={t('desk.stubTitle', { count: day?.casesToday ?? 0 })}
      foot={<NextThing />}
    >
      {day ? (
        <>
          <dl className="desk-figures">
            <Figure label={t('desk.figure.completed')}>{day.completedToday}</Figure>
            <Figure label={t('desk.figure.median')}>{stopwatch(day.medianSeconds)}</Figure>
            <Figure label={t('desk.figure.collected')}>
              <Money fen={day.collectedFen} symbol />
            </Figure>
            <Figure label={t('desk.figure.refunded')}>
              <Money fen={day.refundedFen} symbol />
            </Figure>
          </dl>
          <StubSection title={t('desk.attention')}>
            {day.attention.length === 0 ? <p className="desk-quiet">{t('desk.attention.none')}</p> : null}
            <StubList>
              {day.attention.map((item) => (
                <StubItem
                  key={`${item.code}-${item.caseId ?? ''}`}
                  tone={item.severity}
                  onPress={() => navigate(placeOf(item))}
                >
                  {withoutYear(sentence(language, `desk.attention.${item.code}`, item.params), coreNow())}
                </StubItem>
              ))}
            </StubList>
          </StubSection>
          <StubSection title={t('desk.outbox')}>
            {day.outbox.length === 0 ? <p className="desk-quiet">{t('desk.outbox.none')}</p> : null}
            <Jobs jobs={day.outbox} />
          </StubSection>
        </>
      ) : null}
    </Stub>
  )
}

const supervisionCodes: ReadonlySet<string> = new Set(['approvalAsked', 'tickets', 'newer'])

/** Where a line of what needs somebody leads. */
function placeOf({ code, caseId }: DeskView['attention'][number]): Route {
  if (caseId) return { name: 'case', caseId }
  return { name: supervisionCodes.has(code) ? 'supervision' : 'outbox' }
}

/** The jobs that wait, alike ones of a case together; what does not fit is a way to the outbox. */
function Jobs({ jobs }: { jobs: readonly JobView[] }) {
  const t = useT()
  const shown = groupAlike(jobs).slice(0, groupsShown)
  const rest = jobs.length - shown.flat().length
  return (
    <>
      {shown.map((group) => {
        const job = group[0]!
        const words = { number: formatMsisdn(job.msisdn), job: t(`jobKind.${job.kind}`), count: group.length }
        return (
          <StubRow
            key={job.jobId}
            label={group.length > 1 ? t('desk.outbox.many', words) : `${words.number} ${words.job}`}
            value={<JobState job={job} />}
          />
        )
      })}
      {rest > 0 ? (
        <button type="button" className="desk-more" onClick={() => navigate({ name: 'outbox' })}>
          {t('desk.outbox.more', { count: rest })}
        </button>
      ) : null}
    </>
  )
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="desk-figure">
      <dd>{children}</dd>
      <dt>{label}</dt>
    </div>
  )
}

function stopwatch(seconds: number | undefined): string {
  return seconds === undefined ? '—' : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Enter opens a case for the number being typed, or the one it already has; with an empty field it opens the selected line. */
function NextThing() {
  const t = useT()
  const { digits, busy, failure, open, openExisting } = useNewCase()
  const selected = useDesk((state) => state.rows.find((row) => row.caseId === state.selectedId))
  const mayOpen = useApp((state) => state.view?.staff?.role !== 'auditor')
  const existing = failure?.code === 'case.alreadyOpen' ? failure.params?.caseNumber : undefined
  if (existing !== undefined)
    return (
      <PrimaryAction
        label={t('desk.openExisting', { caseNumber: existing })}
        onPress={() => void openExisting(String(existing))}
      />
    )
  if (digits !== '' || !selected)
    return (
      <PrimaryAction
        label={digits === '' ? t('desk.start') : t('desk.startNumber', { number: groupDigits(digits) })}
        disabled={digits === '' || !mayOpen}
        busy={busy}
        onPress={() => void open()}
      />
    )
  return (
    <PrimaryAction
      label={t('desk.open', { number: formatMsisdn(selected.msisdn) })}
      onPress={() => navigate({ name: 'case', caseId: selected.caseId })}
    />
  )
}
