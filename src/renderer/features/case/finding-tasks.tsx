import { Button, Input } from 'antd'
import { useState } from 'react'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { type CaseTask, taskKey } from '../../../shared/domain/task.ts'
import { useT } from '../../language.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useCase } from './use-case.ts'
import { shownNumber } from './words.ts'

/** What was pressed is gone once it is done: the next device takes the focus, or the headline, where Enter goes on. */
function moveOn(from: Element): void {
  const step = from.closest('.case-step')
  const place = from.closest('.case-finding')
  requestAnimationFrame(() => {
    const next = place?.querySelector<HTMLElement>('input[name^="serial."]') ?? step?.querySelector<HTMLElement>('h1')
    next?.focus()
  })
}

/** Bundle remedies of one finding: what is done, by whom and when, and the ways that are open. */
export function FindingTasks({ tasks }: { tasks: readonly CaseTask[] }) {
  if (tasks.length === 0) return null
  return (
    <ul className="case-tasks">
      {tasks.map((task) => (
        <Task key={taskKey(task)} task={task} />
      ))}
    </ul>
  )
}

function Task({ task }: { task: CaseTask }) {
  const t = useT()
  const { place, run } = useCase()
  const { action, subject, record, ways } = task
  const key = taskKey(task)
  const failure = place.failure?.subject === key ? place.failure.error : undefined
  async function undo(button: Element) {
    if ((await run('case.undoTask', { action, subject }, key))?.ok) moveOn(button)
  }
  async function order(button: Element) {
    if ((await run('case.doTask', { action, subject, way: 'withOrder' }, key))?.ok) moveOn(button)
  }
  return (
    <li className="case-task">
      <span className="case-task-name">
        {t(`task.${action}`)} {shownNumber(subject)}
      </span>
      {record ? (
        <>
          <Tag tone="done">{t(`finding.way.${record.way}`)}</Tag>
          <span className="case-faint">
            {t('finding.taskBy', { staff: record.staffId, time: formatInstant(record.at) })}
          </span>
          <Button size="small" onClick={({ currentTarget }) => void undo(currentTarget)}>
            {t('finding.undo')}
          </Button>
        </>
      ) : (
        <>
          {ways.includes('here') ? <Scanned task={task} /> : null}
          {ways.includes('withOrder') ? (
            <Button size="small" onClick={({ currentTarget }) => void order(currentTarget)}>
              {t('finding.do.withOrder')}
            </Button>
          ) : null}
          {ways.includes('elsewhere') ? <span className="case-faint">{t('finding.do.elsewhere')}</span> : null}
        </>
      )}
      {failure ? (
        <span className="case-problem" role="alert">
          <FailureText failure={failure} />
        </span>
      ) : null}
    </li>
  )
}

/** A device that comes back is proved by the serial number on it: scanners type it and press Enter. */
function Scanned({ task: { action, subject } }: { task: CaseTask }) {
  const t = useT()
  const { run } = useCase()
  const [serial, setSerial] = useState('')
  async function take(input: Element) {
    const key = taskKey({ action, subject })
    const from = input.closest('.case-finding-body') ?? input
    if ((await run('case.doTask', { action, subject, way: 'here', serial }, key))?.ok) moveOn(from)
  }
  return (
    <Input
      className="case-task-serial"
      name={`serial.${subject}`}
      aria-label={t('finding.serial', { device: subject })}
      placeholder={t('finding.serialHint')}
      maxLength={60}
      value={serial}
      onChange={({ target }) => setSerial(target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !serial.trim()) return
        event.preventDefault()
        event.stopPropagation()
        void take(event.currentTarget)
      }}
    />
  )
}
