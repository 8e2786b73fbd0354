import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningService } from '../../../service/src/start.ts'
import { createHttpCaptureStation } from '../../../src/main/devices/capture/http-capture-station.ts'
import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { type BlockerEntry, blockerCatalogue, blockerEntry } from '../../../src/shared/domain/blocker-catalogue.ts'
import { type ExplainedFinding, explainAlone } from '../../../src/shared/domain/blocker-findings.ts'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { hotlines } from '../../../src/shared/domain/hotlines.ts'
import { translator } from '../../../src/shared/i18n/translate.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { waysToBlockers } from '../../support/core/ways-to-blockers.ts'
import { newPglite } from '../../support/pglite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/*
 * Every coded blocker is met by a real counter core through a real service at the simulated home provinces, in the stage the
 * catalogue names; nothing is injected behind the home province's back.
 */

let world: OutsideWorld
let service: RunningService
let counter: Counter
let ways: ReturnType<typeof waysToBlockers>

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  service = await startServiceOn(world, await newPglite())
  counter = await openCounter(service.url, { captureStation: createHttpCaptureStation(world.simulators.urls.capture) })
  ways = waysToBlockers(counter, world)
  await counter.done('device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
  // The rules come from the service; before them a counter knows less about who may ask.
  await until(async () => (await counter.done('app.view')).rulesVersion)
})
afterAll(async () => {
  await counter?.close()
  await service?.close()
  await world?.close()
})

/**
 * What was met outside of the pre-check tells a customer as much as a finding of it: the same reason, remedy, owner, place and cost, by
 * the explanation that the screens of the step and of the order show.
 */
function expectExplained(met: Blocker | undefined, entry: BlockerEntry): void {
  expect(met?.code).toBe(entry.code)
  const finding = explainAlone(met!, shanghaiDate(Date.now() as never))
  const { code, severity, owner, places } = entry
  expect(finding).toMatchObject({ code, known: true, severity, owner, places, cleared: false })
  // Nothing here has a price that a bill or a quote would know, and nobody's silence is taken for "free".
  expect(finding.cost).toEqual({ kind: entry.cost === 'none' ? 'none' : 'unknown' })
  const line = { carrier: 'CMCC', homeProvince: '23' } as const
  for (const language of ['zh-CN', 'en'] as const) {
    const t = translator(language)
    const said = [
      language === 'en' ? entry.en : entry.zh,
      language === 'en' ? entry.remedy.en : entry.remedy.zh,
      t(`owner.${owner}`),
      ...places.map((place) =>
        t(`finding.place.${place}`, { province: '—', carrier: '—', hotline: hotlines[line.carrier] }),
      ),
      t(`finding.cost.${finding.cost.kind as 'none' | 'unknown'}`),
    ]
    for (const words of said) {
      expect(words).not.toMatch(/[{}]|^\s*$/)
      expect(/\p{Script=Han}/u.test(words)).toBe(language === 'zh-CN')
    }
  }
}

/** What the pre-check says of somebody in the circumstance. */
async function foundByPreCheck(code: string): Promise<ExplainedFinding | undefined> {
  return (await ways.preChecked(await ways.someone(code))).progress.findings.find((finding) => finding.code === code)
}

describe('every coded blocker, met in its stage', () => {
  test.each(blockerCatalogue.map((entry) => [entry.stage, entry.code, entry] as const))(
    '%s: %s',
    async (stage, code, entry) => {
      const otherWay = ways.otherWays[code]
      expect(entry).toMatchObject({
        zh: expect.stringMatching(/\p{Script=Han}/u),
        en: expect.stringMatching(/^[ -~’–]+$/),
      })
      expect(entry.places.length).toBeGreaterThan(0)
      if (otherWay) {
        expectExplained(await otherWay(code), entry)
        return
      }
      expect(stage).toBe('precheck')
      const finding = await foundByPreCheck(code)
      expect(finding).toMatchObject({ code, known: true, severity: entry.severity, owner: entry.owner })
      expect(finding!.places.length).toBeGreaterThan(0)
      if (entry.cost === 'bill' || entry.cost === 'credit' || entry.cost === 'quote')
        expect(finding!.cost.kind === 'known' || code.startsWith('STATE_')).toBe(true)
    },
  )
})

describe('all at once', () => {
  test('one pre-check brings everything, grouped by what it does to the case', async () => {
    const view = await ways.preChecked(await world.someone('combination-every-kind'))
    const of = (effect: ExplainedFinding['effect']) =>
      view.progress.findings.filter((finding) => finding.effect === effect).map(({ code }) => code)
    expect(of('stops')).toEqual(expect.arrayContaining(['STATE_LOST', 'UNBILLED_ROAMING', 'BANK_COLLECTION']))
    expect(of('decide').sort()).toEqual(['DISPUTE_OPEN', 'FAMILY_NET_MEMBER'])
    expect(of('tell').sort()).toEqual(['POINTS_LOST', 'PORT_IN_120'])
    expect(of('here')).toEqual(
      expect.arrayContaining(['ARREARS', 'UNBILLED_CURRENT', 'CONTRACT_NON_SIGNED', 'MAIN_CARD_HAS_SUB']),
    )
  })

  test('a code no catalogue knows is shown as it came, and stops the case', async () => {
    const view = await ways.preChecked(await world.someone('combination-unknown-code'))
    expect(view.progress.findings).toMatchObject([
      { code: 'X_ZJ_7731', known: false, severity: 'hard', effect: 'stops', cleared: false },
    ])
    expect(blockerEntry('X_ZJ_7731')).toBeUndefined()
    expect(view.progress.missing[0]).toMatchObject({ code: 'blocker', params: { blocker: 'X_ZJ_7731' } })
  })
})
