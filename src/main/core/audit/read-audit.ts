import type { AuditFilter, AuditRow } from '../../../shared/contract/views.ts'
import { type ChainWalk, chainedText, walkOn, walkStart } from '../../../shared/domain/audit-chain.ts'
import { ok, type Result } from '../../../shared/domain/result.ts'
import type { AuditEntryView } from '../../../shared/protocol/audit.ts'
import type { Context } from '../context.ts'
import type { Row } from '../storage/store.ts'
import { auditHash } from './audit.ts'

const pageSize = 500
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

interface LocalRow extends Row {
  sequence: number
  at: number
  staff_id: string
  action: string
  case_id: string | null
  details: string
  previous_hash: string
  hash: string
}

function localRow(row: LocalRow): AuditRow {
  return {
    sequence: row.sequence,
    at: row.at as AuditRow['at'],
    actor: row.staff_id,
    action: row.action,
    subject: row.case_id ?? '',
    details: row.details,
    hash: row.hash,
  }
}

function centralRow(entry: AuditEntryView): AuditRow {
  return {
    sequence: entry.sequence,
    at: entry.at as AuditRow['at'],
    actor: entry.actor,
    ...(entry.actorName ? { actorName: entry.actorName } : {}),
    ...(entry.device_id ? { deviceId: entry.device_id } : {}),
    action: entry.action,
    subject: entry.subject,
    details: entry.details,
    hash: entry.hash,
  }
}

/** A page of this counter's own chain, newest first. */
export async function localAudit(context: Context, filter: AuditFilter): Promise<AuditRow[]> {
  const where = ['1 = 1']
  const params: (string | number)[] = []
  const add = (condition: string, value: string | number) => {
    where.push(condition)
    params.push(value)
  }
  if (filter.before !== undefined) add('sequence < ?', filter.before)
  if (filter.actor) add('staff_id = ?', filter.actor)
  if (filter.case) {
    where.push('case_id IN (SELECT case_id FROM counter_case WHERE case_number = ? UNION SELECT ?)')
    params.push(filter.case.toUpperCase(), filter.case)
  }
  if (filter.action) add("action LIKE ? ESCAPE '\\'", `${filter.action}%`)
  const rows = await context.store.query<LocalRow>(
    `SELECT * FROM audit WHERE ${where.join(' AND ')} ORDER BY sequence DESC LIMIT ?`,
    [...params, filter.limit],
  )
  return rows.map(localRow)
}

/** A page of the store's central chain, newest first. Errors: `connection.*`, `auth.*`. */
export async function centralAudit(context: Context, filter: AuditFilter): Promise<Result<AuditRow[]>> {
  const { before, case: wanted, actor, action, limit } = filter
  const answer = await context.service.call('storeAudit', {
    query: {
      limit,
      ...(before === undefined ? {} : { before }),
      ...(wanted ? (isId.test(wanted) ? { caseId: wanted } : { caseNumber: wanted.toUpperCase() }) : {}),
      ...(actor ? { actor } : {}),
      ...(action ? { action } : {}),
    },
  })
  return answer.ok ? ok(answer.value.entries.map(centralRow)) : answer
}

/** Every entry of this counter's chain in order, each handed to `see` with the walk so far. */
export async function walkLocal(context: Context, see: (line: object) => void = () => {}): Promise<ChainWalk> {
  const { sha256 } = context.ports
  let walk = walkStart
  for (let after = 0; ; ) {
    const rows = await context.store.query<LocalRow>(
      'SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?',
      [after, pageSize],
    )
    for (const row of rows) {
      const entry = {
        previousHash: row.previous_hash,
        sequence: row.sequence,
        at: row.at,
        staffId: row.staff_id,
        action: row.action,
        caseId: row.case_id,
        details: row.details,
      }
      walk = walkOn(walk, { ...entry, hash: row.hash }, auditHash(sha256, entry))
      see({ ...entry, hash: row.hash })
    }
    const last = rows.at(-1)
    if (!last || rows.length < pageSize) return walk
    after = last.sequence
  }
}

/**
 * The same over the store's central chain: every hash is computed again here, so that the service need not be believed. A chain that
 * ends before its head, or with another hash, is broken after its last entry. Errors: `connection.*`, `auth.*`.
 */
export async function walkCentral(
  context: Context,
  see: (line: object) => void = () => {},
): Promise<Result<ChainWalk>> {
  const { sha256 } = context.ports
  let walk = walkStart
  for (let after = 0; ; ) {
    const page = await context.service.call('storeAudit', { query: { after, limit: pageSize } })
    if (!page.ok) return page
    for (const { actorName: _, hash, ...entry } of page.value.entries) {
      walk = walkOn(
        walk,
        { sequence: entry.sequence, previousHash: entry.previous_hash, hash },
        sha256(chainedText(entry)),
      )
      see({ ...entry, hash })
      after = entry.sequence
    }
    const { head, entries } = page.value
    if (entries.length === pageSize && after < head.sequence) continue
    const whole = walk.entries === head.sequence && walk.lastHash === head.hash
    return ok(whole || walk.brokenAt !== undefined ? walk : { ...walk, brokenAt: walk.entries + 1 })
  }
}
