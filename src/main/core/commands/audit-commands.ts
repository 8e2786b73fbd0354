import { formatInstant } from '../../../shared/domain/calendar.ts'
import { ok } from '../../../shared/domain/result.ts'
import { writeAudit } from '../audit/audit.ts'
import { centralAudit, localAudit, walkCentral, walkLocal } from '../audit/read-audit.ts'
import type { Handler } from './handler.ts'

/** A page of one of the two chains, newest first. Errors of the central one: `connection.*`, `auth.*`. */
export const listAudit: Handler<'audit.list'> = async ({ source, ...filter }, context) => {
  if (source === 'counter') return ok({ rows: await localAudit(context, filter) })
  const rows = await centralAudit(context, filter)
  return rows.ok ? ok({ rows: rows.value }) : rows
}

/** Computes a whole chain again at this counter and says where it breaks, if it does. */
export const verifyAudit: Handler<'audit.verify'> = async ({ source }, context, staff) => {
  const walked = source === 'counter' ? ok(await walkLocal(context)) : await walkCentral(context)
  if (!walked.ok) return walked
  const { entries, brokenAt, lastHash } = walked.value
  await context.store.transaction((tx) =>
    writeAudit(tx, context.ports, {
      staffId: staff.staffId,
      action: 'audit.verify',
      details: { source, entries, brokenAt },
    }),
  )
  return ok({ source, entries, lastHash, ...(brokenAt === undefined ? {} : { brokenAt }) })
}

/**
 * A whole chain as a file: one JSON object per line, the first says what it is and how it is checked. The export is an act of its own
 * in this counter's chain.
 */
export const exportAudit: Handler<'audit.export'> = async ({ source }, context, staff) => {
  const { clock } = context.ports
  const lines: string[] = []
  const see = (line: object) => void lines.push(JSON.stringify(line))
  const walked = source === 'counter' ? ok(await walkLocal(context, see)) : await walkCentral(context, see)
  if (!walked.ok) return walked
  const device = context.device()
  const head = {
    what: source === 'counter' ? 'counterfoil counter audit chain' : 'counterfoil store audit chain',
    of: source === 'counter' ? device?.deviceId : device?.storeId,
    exportedAt: clock.now(),
    exportedBy: staff.staffId,
    ...walked.value,
    check:
      source === 'counter'
        ? 'hash = SHA-256 of the JSON array [previousHash, sequence, at, staffId, action, caseId, details]'
        : 'hash = SHA-256 of the entry without hash as canonical JSON (RFC 8785)',
  }
  await context.store.transaction((tx) =>
    writeAudit(tx, context.ports, {
      staffId: staff.staffId,
      action: 'audit.export',
      details: { source, entries: walked.value.entries },
    }),
  )
  const day = formatInstant(clock.now()).slice(0, 10)
  const of = source === 'counter' ? device?.deviceId : device?.storeId
  return ok({
    fileName: `audit-${of ?? 'counter'}-${day}.jsonl`,
    mediaType: 'application/jsonl',
    content: `${[JSON.stringify(head), ...lines].join('\n')}\n`,
  })
}
