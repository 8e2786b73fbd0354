import { z } from 'zod'
import type { HomeAccount } from './account.ts'
import type { Blocker } from './blocker.ts'
import { blockerEntry } from './blocker-catalogue.ts'
import { fail, ok, type Result } from './result.ts'
import { instantSchema } from './scalars.ts'
import { type TaskAction, type TaskWay, taskActionSchema, taskWaySchema } from './task-kinds.ts'

/** That a task was done or ordered: how, by whom, when. `serial` is what was scanned from a device that came back. */
export const taskRecordSchema = z.object({
  action: taskActionSchema,
  /** The number, device or account it is about; empty when the home province named none. */
  subject: z.string().max(60),
  way: taskWaySchema.exclude(['elsewhere']),
  serial: z.string().trim().min(1).max(60).optional(),
  staffId: z.string(),
  at: instantSchema,
})
export type TaskRecord = z.infer<typeof taskRecordSchema>

/** One thing to be done in a case, and whether it is. */
export interface CaseTask {
  action: TaskAction
  subject: string
  /** The finding it removes. */
  code: string
  /** For a device: the agreement it was leased under. */
  agreementId?: string
  ways: readonly TaskWay[]
  /** False for a device, which may be paid for instead of being returned. */
  required: boolean
  record?: TaskRecord
}

/** What of an account tasks are about. */
type Bundle = Pick<HomeAccount, 'agreements' | 'bundleMembers'>

/** Names a task within its case. */
export function taskKey(task: { action: TaskAction; subject: string }): string {
  return `${task.action}:${task.subject}`
}

function leasedDevices(blocker: Blocker, account: Bundle) {
  const { agreementId } = blocker.params
  return account.agreements
    .filter((agreement) => agreementId === undefined || agreement.id === agreementId)
    .flatMap((agreement) => agreement.devices.map((device) => ({ subject: device.id, agreementId: agreement.id })))
}

/** Whom or what a finding is about: the number it names, otherwise everybody who stands in that relation. */
function subjectsOf(blocker: Blocker, account: Bundle, relation: string | undefined): string[] {
  const named = blocker.params.msisdn ?? blocker.params.device
  if (named !== undefined) return [String(named).slice(0, 60)]
  const related = account.bundleMembers.filter((member) => member.relation === relation).map(({ msisdn }) => msisdn)
  return related.length > 0 ? related : ['']
}

/**
 * The tasks that findings ask for, each once, with what is recorded of them. `waysOf` may narrow the ways of a code
 * (rule packs). The order of findings does not matter.
 */
export function tasksOf(
  blockers: readonly Blocker[],
  account: Bundle,
  records: readonly TaskRecord[],
  waysOf: (code: string) => readonly TaskWay[] | undefined = () => undefined,
): CaseTask[] {
  const tasks = new Map<string, CaseTask>()
  for (const blocker of blockers) {
    const wanted = blockerEntry(blocker.code)?.task
    if (!wanted) continue
    const { action } = wanted
    const device = action === 'returnDevice'
    const about = device
      ? leasedDevices(blocker, account)
      : subjectsOf(blocker, account, wanted.relation).map((subject) => ({ subject }))
    for (const each of about) {
      const key = taskKey({ action, subject: each.subject })
      const record = records.find((one) => taskKey(one) === key)
      tasks.set(key, {
        action,
        ...each,
        code: blocker.code,
        ways: waysOf(blocker.code) ?? wanted.ways,
        required: !device,
        ...(record ? { record } : {}),
      })
    }
  }
  return [...tasks.values()].sort((a, b) => (taskKey(a) < taskKey(b) ? -1 : 1))
}

/** What is printed on a device and what the home province calls it differ in blanks, dashes and case only. */
function plainSerial(serial: string): string {
  return serial.replace(/[\s-]/g, '').toUpperCase()
}

/**
 * Whether a task may be recorded as wanted. A returned device is proved by its serial number.
 * Errors: `task.unknown`, `task.wayNotAllowed`, `task.serialMissing`, `task.serialDiffers`.
 */
export function checkTaskRecord(
  tasks: readonly CaseTask[],
  record: { action: TaskAction; subject: string; way: TaskWay; serial?: string | undefined },
): Result<CaseTask> {
  const task = tasks.find((each) => taskKey(each) === taskKey(record))
  if (!task) return fail('task.unknown', { field: 'action' })
  if (!task.ways.includes(record.way)) return fail('task.wayNotAllowed', { field: 'way' })
  if (task.action !== 'returnDevice') return ok(task)
  if (!record.serial) return fail('task.serialMissing', { field: 'serial' })
  if (plainSerial(record.serial) !== plainSerial(task.subject)) return fail('task.serialDiffers', { field: 'serial' })
  return ok(task)
}

/** Ids of an agreement's devices that came back, by what was scanned. */
export function devicesScanned(records: readonly TaskRecord[], deviceIds: readonly string[]): string[] {
  return deviceIds.filter((id) => records.some((record) => record.action === 'returnDevice' && record.subject === id))
}
