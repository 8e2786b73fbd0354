import { readFile } from 'node:fs/promises'
import { hashPassword } from '../auth/passwords.ts'
import { enrolmentCodeHash } from '../auth/secrets.ts'
import type { Database, Tx } from '../database/handle.ts'
import type { Clock } from '../ports.ts'
import { type OrganisationFile, organisationFileSchema } from './organisation-file.ts'

type StoreEntry = OrganisationFile['stores'][number]

/** Reads an organisation file. Throws, naming the file and the entry, when it is wrong. */
export async function readOrganisationFile(path: string): Promise<OrganisationFile> {
  const parsed = organisationFileSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  throw new Error(`${path}: ${first?.path.join('.')}: ${first?.message}`)
}

async function importDevices(tx: Tx, store: StoreEntry, now: number): Promise<void> {
  for (const device of store.devices) {
    await tx
      .insertInto('device')
      .values({
        device_id: device.deviceId,
        name: device.name,
        store_id: store.storeId,
        thumbprint: null,
        enrolled_at: null,
        revoked_at: device.revoked ? now : null,
        highest_sequence: 0,
        accepted_jobs: 0,
      })
      .onConflict((conflict) =>
        conflict.column('device_id').doUpdateSet({
          name: device.name,
          store_id: store.storeId,
          revoked_at: device.revoked ? now : null,
        }),
      )
      .execute()
    for (const code of device.enrolmentCodes)
      await tx
        .insertInto('enrolment_code')
        .values({ code_hash: enrolmentCodeHash(code), device_id: device.deviceId, used_at: null, used_by: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
  }
}

async function importStaff(tx: Tx, store: StoreEntry): Promise<void> {
  for (const person of store.staff) {
    const known = await tx
      .updateTable('staff')
      .set({ name: person.name, role: person.role, store_id: store.storeId, active: person.active })
      .where('staff_id', '=', person.staffId)
      .returning('staff_id')
      .executeTakeFirst()
    if (known) continue
    await tx
      .insertInto('staff')
      .values({
        staff_id: person.staffId,
        name: person.name,
        role: person.role,
        store_id: store.storeId,
        password_hash: await hashPassword(person.password),
        active: person.active,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/**
 * Brings stores, devices, enrolment codes and staff to what the file says, in one transaction; doing it again changes nothing.
 * Used codes stay used and passwords stay as they are. Who is absent from the file is left alone; `active: false` and
 * `revoked: true` put people and devices out at once.
 */
export async function importOrganisation(db: Database, clock: Clock, file: OrganisationFile): Promise<void> {
  const now = clock.now()
  await db.transaction().execute(async (tx) => {
    for (const store of file.stores) {
      const row = { name: store.name, province: store.province, may_accept: store.mayAccept }
      await tx
        .insertInto('store')
        .values({ store_id: store.storeId, ...row })
        .onConflict((conflict) => conflict.column('store_id').doUpdateSet(row))
        .execute()
      await importDevices(tx, store, now)
      await importStaff(tx, store)
    }
  })
}
