import { eventIdOf, eventText, type StreamEnd, type StreamStatus } from '../../../src/shared/protocol/change-stream.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { IsSessionCut } from '../auth/cut-sessions.ts'
import { coalesce } from '../coalesce.ts'
import { isOneOf } from '../database/insert-rows.ts'
import type { ServiceContext } from '../service-context.ts'
import type { FeedWatch } from './feed-watch.ts'
import { isOurCursor, pageSize, readAfter } from './read-changes.ts'

/** Where a stream goes. */
export interface StreamOutlet {
  /** Sends text; resolves when there is room for more, false when the other side does not keep up. */
  write(text: string): Promise<boolean>
  signal: AbortSignal
}

export interface StreamRequest {
  device: Device
  /** Thumbprint of the key that asked. */
  thumbprint: string
  /** The session it was asked with. */
  token?: string | undefined
  after: number
  mark?: string | undefined
}

interface Standing {
  thumbprint: string | null
  revoked: boolean
  acceptedJobs: number
  lastSequence: number
}

/** Streams the change feed; resolves with the reason why it ended. */
export type StreamChanges = (request: StreamRequest, outlet: StreamOutlet) => Promise<StreamEnd>

/** Creates what streams the feeds of a process; devices are looked at together, and so are streams of one store at one place. */
export function createChangeStreams(
  context: ServiceContext,
  watch: FeedWatch,
  isSessionCut: IsSessionCut,
): StreamChanges {
  const { db, timing } = context
  const standings = coalesce<string, Standing | undefined>({ mostAtOnce: 2_000, atATime: 1 }, async (ids) => {
    const rows = await db
      .selectFrom('device')
      .select(['device_id', 'thumbprint', 'revoked_at', 'accepted_jobs', 'highest_sequence'])
      .where(isOneOf('device_id', ids))
      .execute()
    const byId = new Map(rows.map((row) => [row.device_id, row]))
    return ids.map((id) => {
      const row = byId.get(id)
      if (!row) return undefined
      const { thumbprint, accepted_jobs: acceptedJobs, highest_sequence: lastSequence } = row
      return { thumbprint, revoked: row.revoked_at !== null, acceptedJobs, lastSequence }
    })
  })
  const readings = new Map<string, ReturnType<typeof readAfter>>()

  function read(storeId: string, after: number) {
    const name = `${after}/${storeId}`
    const shared = readings.get(name)
    if (shared) return shared
    const reading = readAfter(db, storeId, after).finally(() => readings.delete(name))
    readings.set(name, reading)
    return reading
  }

  return async ({ device, thumbprint, token, after, mark }, { write, signal }) => {
    const { storeId, deviceId } = device
    if (!(await isOurCursor(db, { storeId, after, mark }))) {
      await write(eventText('restart', {}))
      return 'expired'
    }
    // Not all that began together, after a restart, end together.
    const endsAt = performance.now() + timing.streamLifeSeconds * 1000 * (0.9 + Math.random() * 0.2)
    let statusAt = Number.NEGATIVE_INFINITY
    let cursor = after
    while (!signal.aborted) {
      const now = performance.now()
      if (now >= endsAt) return 'expired'
      if (now >= statusAt) {
        const standing = await standings(deviceId)
        if (!standing || standing.revoked || standing.thumbprint !== thumbprint) return 'deviceUnknown'
        const signedOut = await isSessionCut(token)
        const rulesSetDigest = await context.rules.setDigest(db)
        const status = {
          serviceTime: context.clock.now(),
          acceptedJobs: standing.acceptedJobs,
          lastSequence: standing.lastSequence,
          nextInSeconds: timing.streamHeartbeatSeconds,
          ...(rulesSetDigest ? { rulesSetDigest } : {}),
          ...(signedOut ? { signedOut } : {}),
        } satisfies StreamStatus
        if (!(await write(eventText('status', status)))) return 'slow'
        statusAt = performance.now() + timing.streamHeartbeatSeconds * 1000
      }
      const changes = await read(storeId, cursor)
      if (changes.length > 0) {
        const text = changes
          .map(({ change, subject }) => eventText('change', change, eventIdOf(change, subject)))
          .join('')
        if (!(await write(text))) return 'slow'
        cursor = changes.at(-1)!.change.sequence
      }
      if (changes.length < pageSize)
        await watch.beyond(storeId, cursor, Math.min(statusAt, endsAt) - performance.now(), signal)
    }
    return 'closing'
  }
}
