import { readFile } from 'node:fs/promises'
import { type AuditAct, appendAuditActs } from '../audit/append-audit.ts'
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

/** What an import changes of who may do what. A store that is new brings its people and devices with it, which is no change. */
type Acts = Omit<AuditAct, 'at' | 'actor'>[]

async function importDevices(tx: Tx, store: StoreEntry, now: number): Promise<Acts> {
  const acts: Acts = []
  for (const device of store.devices) {
    const before = await tx
      .selectFrom('device')
      .select(['store_id', 'revoked_at'])
      .where('device_id', '=', device.deviceId)
      .executeTakeFirst()
    const revokedAt = device.revoked ? (before?.revoked_at ?? now) : null
    const act = (action: string, details?: AuditAct['details']) => ({
      storeId: store.storeId,
      action,
      subject: device.deviceId,
      ...(details ? { details } : {}),
    })
    if (!before) acts.push(act('device.added'))
    else {
      if (before.store_id !== store.storeId) acts.push(act('device.moved', { from: before.store_id }))
      if (before.revoked_at === null && device.revoked) acts.push(act('device.revoked'))
      if (before.revoked_at !== null && !device.revoked) acts.push(act('device.readmitted'))
    }
    await tx
      .insertInto('device')
      .values({
        device_id: device.deviceId,
        name: device.name,
        store_id: store.storeId,
        thumbprint: null,
        enrolled_at: null,
        revoked_at: revokedAt,
        highest_sequence: 0,
        accepted_jobs: 0,
      })
      .onConflict((conflict) =>
        conflict.column('device_id').doUpdateSet({
          name: device.name,
          store_id: store.storeId,
          revoked_at: revokedAt,
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
  return acts
}

async function importStaff(tx: Tx, store: StoreEntry): Promise<Acts> {
  const acts: Acts = []
  for (const person of store.staff) {
    const known = await tx
      .selectFrom('staff')
      .select(['role', 'active', 'store_id'])
      .where('staff_id', '=', person.staffId)
      .forUpdate()
      .executeTakeFirst()
    const { storeId } = store
    const now = { role: person.role, active: person.active ? 1 : 0 }
    const changed =
      known && (known.role !== person.role || known.active !== person.active || known.store_id !== storeId)
    if (changed)
      acts.push({
        storeId,
        action: 'staff.changed',
        subject: person.staffId,
        details: { ...now, wasRole: known.role, wasActive: known.active ? 1 : 0, from: known.store_id },
      })
    if (known) {
      await tx
        .updateTable('staff')
        .set({ name: person.name, role: person.role, store_id: storeId, active: person.active })
        .where('staff_id', '=', person.staffId)
        .execute()
      continue
    }
    acts.push({ storeId, action: 'staff.added', subject: person.staffId, details: now })
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
  return acts
}

/**
 * Brings stores, devices, enrolment codes and staff to what the file says, in one transaction; doing it again changes nothing.
 * Used codes stay used and passwords stay as they are. Who is absent from the file is left alone; `active: false` and
 * `revoked: true` put people and devices out at once. What changes in a store that is known already is an entry of its audit chain.
 */
export async function importOrganisation(db: Database, clock: Clock, file: OrganisationFile): Promise<void> {
  const now = clock.now()
  await db.transaction().execute(async (tx) => {
    const acts: Acts = []
    for (const store of file.stores) {
      const known = await tx
        .selectFrom('store')
        .select('store_id')
        .where('store_id', '=', store.storeId)
        .executeTakeFirst()
      const row = { name: store.name, province: store.province, may_accept: store.mayAccept }
      await tx
        .insertInto('store')
        .values({ store_id: store.storeId, ...row })
        .onConflict((conflict) => conflict.column('store_id').doUpdateSet(row))
        .execute()
      const changes = [...(await importDevices(tx, store, now)), ...(await importStaff(tx, store))]
      if (known) acts.push(...changes)
    }
    // Chains late, and in the order of their names: whoever takes in jobs takes them in that order, too.
    const stores = [...new Set(acts.map(({ storeId }) => storeId))].sort()
    for (const storeId of stores)
      await appendAuditActs(
        tx,
        storeId,
        acts.filter((act) => act.storeId === storeId).map((act) => ({ ...act, at: now, actor: 'administrator' })),
      )
  })
}
