import { z } from 'zod'
import { carrierSchema, provinceSchema } from '../../../src/shared/domain/geography.ts'
import { msisdnSchema } from '../../../src/shared/domain/scalars.ts'
import type { Check } from '../check.ts'
import { expect, expectOk, expectRefused, expectSame } from '../conversation.ts'
import { protocolChecks, until } from './protocol.ts'
import type { ProviderScene } from './scene.ts'

/** What the suite needs of a renewal platform's test system. */
export const renewalFixturesSchema = z.object({
  carrier: carrierSchema,
  homeProvince: provinceSchema,
  /** Numbers at rest, which nobody has. */
  numbers: z.array(msisdnSchema).min(2),
  /** A number somebody has. */
  numberInUse: msisdnSchema.optional(),
  /** Apps that take part. */
  apps: z.array(z.string().min(1)).min(2),
})
export type RenewalFixtures = z.infer<typeof renewalFixturesSchema>
type Scene = ProviderScene<RenewalFixtures>

function draftOf(scene: Scene, numbers: readonly string[] = scene.fixtures.numbers): Record<string, unknown> {
  const { carrier, homeProvince, apps } = scene.fixtures
  return {
    renewalId: scene.newId(),
    mode: 'batch',
    numbers: numbers.map((msisdn) => ({ msisdn, carrier, homeProvince, boundBefore: scene.now() - 86_400_000, apps })),
  }
}

const submit = (scene: Scene, request: Record<string, unknown>, key = `renewal:${request.renewalId}`) =>
  scene.system.call('renewals', request, { key })
const stateOf = (scene: Scene, renewalId: unknown) =>
  scene.system.call('renewals.state', undefined, { parts: { renewalId: String(renewalId) } })

interface Said {
  msisdn: string
  apps: { app: string; state: string; reason?: string }[]
}
const finals = ['accepted', 'refused', 'notCovered']
const saidIn = (value: Record<string, unknown>) => value.numbers as Said[]
const finalOnes = (said: readonly Said[]) =>
  said.flatMap(({ msisdn, apps }) =>
    apps
      .filter(({ state }) => finals.includes(state))
      .map(({ app, state, reason }) => [msisdn, app, state, reason ?? ''].join(' ')),
  )

/** Every rule of the renewal port. */
export const renewalChecks: readonly Check<Scene>[] = [
  ...protocolChecks<RenewalFixtures>({
    operationId: 'renewals',
    draft: (scene) => draftOf(scene),
    changed: (draft) => ({ ...draft, mode: 'active' }),
  }),
  {
    id: 'renewal.everyApp',
    title: 'Every number taken is reported with exactly the apps that were asked',
    changes: true,
    run: async (scene) => {
      const request = draftOf(scene)
      expectOk(await submit(scene, request))
      const said = saidIn(expectOk(await stateOf(scene, request.renewalId)))
      expectSame([...scene.fixtures.numbers].sort(), said.map(({ msisdn }) => msisdn).sort(), 'the numbers')
      for (const { apps } of said)
        expectSame([...scene.fixtures.apps].sort(), apps.map(({ app }) => app).sort(), 'the apps of a number')
    },
  },
  {
    id: 'renewal.once',
    title: 'A renewalId is taken once, under whatever key; with another content it is refused',
    changes: true,
    run: async (scene) => {
      const request = draftOf(scene)
      const first = expectOk(await submit(scene, request))
      expectSame(first.receivedAt, expectOk(await submit(scene, request, scene.newId())).receivedAt, 'the first again')
      expectRefused(await submit(scene, { ...request, mode: 'active' }, scene.newId()), 'DUPLICATE_RENEWAL')
    },
  },
  {
    id: 'renewal.finalStays',
    title: 'What an app has answered does not change any more; a refusal has a reason',
    changes: true,
    run: async (scene) => {
      const request = draftOf(scene)
      expectOk(await submit(scene, request))
      const some = await until(
        scene,
        () => stateOf(scene, request.renewalId),
        ({ value }) => value.result === 'ok' && finalOnes(saidIn(value)).length > 0,
        'an answer of at least one app',
      )
      const said = saidIn(some.value)
      const unreasoned = said.flatMap(({ apps }) => apps).filter(({ state, reason }) => state === 'refused' && !reason)
      expect(unreasoned.length === 0, 'a reason with every refusal', unreasoned)
      const later = finalOnes(saidIn(expectOk(await stateOf(scene, request.renewalId))))
      const lost = finalOnes(said).filter((one) => !later.includes(one))
      expect(lost.length === 0, 'final answers to stay', lost)
    },
  },
  {
    id: 'renewal.inUse',
    title: 'A number that somebody has is listed as not eligible, and nothing is done for it',
    changes: true,
    run: async (scene) => {
      const { numberInUse, numbers } = scene.fixtures
      if (!numberInUse) return
      const request = draftOf(scene, [numbers[0]!, numberInUse])
      const { notEligible } = expectOk(await submit(scene, request)) as { notEligible?: { msisdn: string }[] }
      expectSame(
        [numberInUse],
        (notEligible ?? []).map(({ msisdn }) => msisdn),
        'the number in use',
      )
      const said = saidIn(expectOk(await stateOf(scene, request.renewalId)))
      expectSame(
        [numbers[0]],
        said.map(({ msisdn }) => msisdn),
        'only the other one',
      )
    },
  },
  {
    id: 'renewal.unknown',
    title: 'A submission nobody made is unknown',
    changes: false,
    run: async (scene) => expectRefused(await stateOf(scene, scene.newId()), 'UNKNOWN_RENEWAL'),
  },
]

/** Fixtures for the product's own simulated platform: numbers nobody has there are as good as numbers at rest. */
export function simulatedRenewalFixtures(numberInUse?: string): RenewalFixtures {
  return renewalFixturesSchema.parse({
    carrier: 'CTCC',
    homeProvince: '14',
    numbers: ['19999999990', '19999999991'],
    ...(numberInUse ? { numberInUse } : {}),
    apps: ['wechat', 'alipay', 'icbc', 'douyin'],
  })
}
