import type { Msisdn } from '../../../src/shared/domain/msisdn.ts'
import { type AppRenewal, renewalStatusOf } from '../../../src/shared/domain/renewal.ts'
import { type RenewalView, renewalViewSchema } from '../../../src/shared/protocol/renewal.ts'
import type { ServiceContext } from '../service-context.ts'

/** What is known of a number between two holders, app by app, in the order of the configuration. */
export async function readRenewal(context: ServiceContext, msisdn: Msisdn): Promise<RenewalView> {
  const number = await context.db
    .selectFrom('number_resource')
    .selectAll()
    .where('msisdn', '=', msisdn)
    .executeTakeFirst()
  if (!number) return { known: false, msisdn }
  const apps = JSON.parse(number.apps) as AppRenewal[]
  const names = new Map(context.renewalPolicy.apps.map((app) => [app.code, app]))
  return renewalViewSchema.parse({
    known: true,
    msisdn,
    carrier: number.carrier,
    homeProvince: number.home_province,
    state: number.state,
    cancelledAt: number.cancelled_at,
    agingUntil: number.aging_until,
    status: renewalStatusOf(apps, number.not_eligible !== null),
    notEligibleFor: number.not_eligible ?? undefined,
    held: number.renewal === 'held',
    releasedAt: number.released_at ?? undefined,
    release: number.release ?? undefined,
    apps: apps.map((app) => {
      // An app that is configured no more keeps what it said.
      const { zh = app.app, en = app.app, category = 'other' } = names.get(app.app) ?? {}
      return { ...app, name: { zh, en }, category }
    }),
  })
}
