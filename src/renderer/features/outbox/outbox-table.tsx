import { useMemo } from 'react'
import type { JobView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import { useApp } from '../../app-store.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { isOver, jobBefore, jobReason } from '../../ui/job-reason.ts'
import { toneOfJob } from '../../ui/job-state.tsx'
import { sentence } from '../../ui/sentence.ts'
import { Tag } from '../../ui/tag.tsx'
import { type GridColumn, VirtualGrid } from '../../ui/virtual-grid.tsx'
import { useOutbox } from './outbox-store.ts'
import './outbox-table.css'

const keyOf = (job: JobView) => job.jobId

/** The jobs: what needs a person first, then what waits, then what was delivered. */
export function OutboxTable({ jobs }: { jobs: readonly JobView[] }) {
  const t = useT()
  const selectedId = useOutbox((state) => state.selectedId)
  const columns = useColumns(jobs)
  return (
    <VirtualGrid
      id="outbox-jobs"
      className="outbox-table"
      label={t('outbox.jobs')}
      columns={columns}
      rows={jobs}
      keyOf={keyOf}
      selectedKey={selectedId}
      onSelect={useOutbox.getState().select}
      onOpen={(jobId) => {
        const job = jobs.find((each) => each.jobId === jobId)
        if (job) navigate({ name: 'case', caseId: job.caseId })
      }}
    />
  )
}

function useColumns(jobs: readonly JobView[]): GridColumn<JobView>[] {
  const t = useT()
  const language = useLanguage()
  const now = useNow(10_000)
  const connection = useApp((state) => state.view?.connection.state) ?? 'offline'
  return useMemo(() => {
    const why = (job: JobView) => jobReason(job, { t, language, connection, now, behind: jobBefore(job, jobs) })
    const state = (job: JobView) =>
      t(
        job.state === 'pending' && connection !== 'online'
          ? 'outbox.state.waitingNetwork'
          : `outbox.state.${job.state}`,
      )
    const cells: [id: string, cell: GridColumn<JobView>['cell'], full?: (job: JobView) => string][] = [
      ['number', (job) => formatMsisdn(job.msisdn)],
      ['job', (job) => t(`jobKind.${job.kind}`)],
      ['state', (job) => <Tag tone={toneOfJob(job)}>{state(job)}</Tag>],
      [
        'why',
        (job) =>
          isOver(job)
            ? t(job.state === 'closed' ? 'outbox.closedAt' : 'outbox.receiptAt', {
                time: formatInstant(job.doneAt ?? job.createdAt),
              })
            : why(job),
        why,
      ],
      ['since', (job) => formatInstant(job.createdAt)],
    ]
    return cells.map(([id, cell, full]) => ({
      id,
      cell,
      title: sentence(language, `outbox.column.${id}`),
      ...(full ? { full } : {}),
    }))
  }, [t, language, now, connection, jobs])
}
