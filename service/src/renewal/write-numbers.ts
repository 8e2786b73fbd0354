import { sql } from 'kysely'
import type { AppRenewal, ResourceState } from '../../../src/shared/domain/renewal.ts'
import type { Tx } from '../database/handle.ts'
import type { NumberResourceTable } from '../database/tables/renewal.ts'

/** Where a number stands from now on. */
export interface NumberChange {
  msisdn: string
  state: ResourceState
  renewal: NumberResourceTable['renewal']
  batch_id: string | null
  apps: readonly AppRenewal[]
  not_eligible?: string | null
  release?: 'clean' | 'disclosed' | null
}

/** Writes any number of changes with one statement; the caller holds the rows. */
export async function writeNumbers(tx: Tx, changes: readonly NumberChange[], now: number): Promise<void> {
  if (changes.length === 0) return
  const rows = JSON.stringify(
    changes.map(({ apps, ...change }) => ({
      not_eligible: null,
      release: null,
      ...change,
      apps: JSON.stringify(apps),
      released_at: change.renewal === 'released' ? now : null,
    })),
  )
  await sql`update number_resource n
    set state = r.state, renewal = r.renewal, batch_id = r.batch_id, apps = r.apps, not_eligible = r.not_eligible,
      release = r.release, released_at = r.released_at, updated_at = ${now}
    from json_populate_recordset(null::number_resource, ${rows}::text::json) r
    where n.msisdn = r.msisdn`.execute(tx)
}
