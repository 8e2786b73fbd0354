import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { circumstanceName } from '../../../service/simulators/base/blocker-circumstances.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { createHttpCaptureStation } from '../../../src/main/devices/capture/http-capture-station.ts'
import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { type BlockerEntry, blockerCatalogue, blockerEntry } from '../../../src/shared/domain/blocker-catalogue.ts'
import { type ExplainedFinding, explainAlone } from '../../../src/shared/domain/blocker-findings.ts'
import { blockerOfFailure } from '../../../src/shared/domain/blocker-of-failure.ts'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { hotlines } from '../../../src/shared/domain/hotlines.ts'
import { residentIdCheckCharacter } from '../../../src/shared/domain/identification-number.ts'
import type { Result } from '../../../src/shared/domain/result.ts'
import { translator } from '../../../src/shared/i18n/translate.ts'
import { acceptCase } from '../../support/core/accept-case.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { newPglite } from '../../support/pglite.ts'
import {
  type DirectoryEntry,
  type OutsideWorld,
  startOutsideWorld,
  startServiceOn,
} from '../../support/service-world.ts'

/*
 * Every coded blocker is met by a real counter core through a real service at the simulated home provinces, in the stage the
 * catalogue names; nothing is injected behind the home province's back.
 */

let world: OutsideWorld
let service: RunningService
let counter: Counter

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  service = await startServiceOn(world, await newPglite())
  counter = await openCounter(service.url, { captureStation: createHttpCaptureStation(world.simulators.urls.capture) })
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

/** Numbers that have ended stand on the directory as taken. */
async function ended(scenario: string): Promise<DirectoryEntry> {
  const answer = await fetch(`${world.simulators.urls.directory}/directory.json?scenario=${scenario}`)
  return ((await answer.json()) as DirectoryEntry[])[0]!
}

const someone = (code: string) =>
  code === 'STATE_CANCELLED'
    ? ended(circumstanceName(code))
    : world.someone(circumstanceName(code), code === 'NOT_REMOTE' ? { inProvince: '44' } : {})

function documentOf({ person }: DirectoryEntry, changes: Partial<DirectoryEntry['person']> = {}) {
  const { name, identificationType, identificationId, issuingAuthority, validFrom, validTo } = { ...person, ...changes }
  return {
    identificationType: identificationType as 'RESIDENT_ID',
    identificationId,
    name,
    issuingAuthority,
    ...(validFrom ? { validFrom: validFrom as never } : {}),
    validTo: validTo as never,
    entry: 'manual' as const,
    manualReason: 'noReader',
  }
}

async function opened(entry: DirectoryEntry): Promise<string> {
  const { caseId } = (await counter.done('case.open', { msisdn: entry.msisdn })).case
  await counter.done('case.queryNumber', { caseId })
  return caseId
}

async function photographed(entry: DirectoryEntry, caseId: string, changes: Partial<DirectoryEntry['person']> = {}) {
  await counter.done('case.saveDocument', { caseId, document: documentOf(entry, changes) })
  for (const kind of ['documentFront', 'documentBack', 'portrait'] as const)
    await counter.done('case.capture', { caseId, kind })
}

async function preChecked(entry: DirectoryEntry) {
  const caseId = await opened(entry)
  await photographed(entry, caseId)
  const oftenCalledNumbers = entry.oftenCalledNumbers.slice(0, 3) as never
  const prove = () => counter.call('case.prove', { caseId, servicePassword: entry.servicePassword, oftenCalledNumbers })
  // A photograph is sometimes too noisy to be known; the clerk takes another.
  for (let proved = await prove(); !proved.ok; proved = await prove()) {
    expect(proved.error.code).toBe('proof.faceMismatch')
    await counter.done('case.capture', { caseId, kind: 'portrait' })
  }
  return counter.done('case.preCheck', { caseId })
}

/** What a refusal says at the counter. */
function refusal(result: Result<unknown>): Blocker | undefined {
  if (result.ok) throw new Error('was not refused')
  const found = blockerOfFailure(result.error)
  if (!found) throw new Error(`refused for no finding: ${JSON.stringify(result.error)}`)
  return found
}

const clerkSlip =
  (prove: (entry: DirectoryEntry, caseId: string) => Promise<Result<unknown>>) => async (code: string) => {
    const entry = await someone(code)
    const caseId = await opened(entry)
    await photographed(entry, caseId)
    return refusal(await prove(entry, caseId))
  }

/** A well-formed number of somebody of the same place and day, so that the document's dates still fit its holder's age. */
function numberOfTheSameDay(id: string): string {
  const first17 = id.slice(0, 14) + String((Number(id.slice(14, 17)) + 2) % 1000).padStart(3, '0')
  return first17 + residentIdCheckCharacter(first17)
}

type Person = DirectoryEntry['person']

const wrongDocument = (change: (person: Person) => Partial<Person>) => async (code: string) => {
  const entry = await someone(code)
  const changes = change(entry.person)
  const caseId = await opened(entry)
  const saved = await counter.call('case.saveDocument', { caseId, document: documentOf(entry, changes) })
  if (!saved.ok) return refusal(saved)
  await photographed(entry, caseId, changes)
  return refusal(await counter.call('case.prove', { caseId, servicePassword: entry.servicePassword }))
}

const refusedDocument = async (code: string) => {
  const entry = await someone(code)
  const caseId = await opened(entry)
  return refusal(await counter.call('case.saveDocument', { caseId, document: documentOf(entry) }))
}

const inTheForm =
  (form: (entry: DirectoryEntry) => { phone?: string; account?: string; holderName?: string }) =>
  async (code: string) => {
    const entry = await someone(code)
    const { caseId } = (await preChecked(entry)).case
    const { phone = '13800138000', account, holderName = entry.person.name } = form(entry)
    const refund = account ? { route: 'mobileNumber' as const, account, holderName } : undefined
    return refusal(
      await counter.call('case.saveSettlement', {
        caseId,
        contact: { name: '李四', phone: phone as never },
        ...(refund ? { refund } : {}),
        disconnectReason: 'moved',
      }),
    )
  }

async function atHome(code: string, wanted: 'returnedFor' | 'refusedFor'): Promise<Blocker | undefined> {
  const { caseId } = await acceptCase(counter, world, circumstanceName(code))
  const look = async () => (await counter.done('case.view', { caseId })).order?.[wanted]
  await expect.poll(look, { timeout: 30_000, interval: 50 }).toBeDefined()
  return look()
}

/** How a code is met where the pre-check is not what meets it. */
const otherWays: Record<string, (code: string) => Promise<Blocker | undefined>> = {
  NOT_REMOTE: async (code) => refusal(await counter.call('case.open', { msisdn: (await someone(code)).msisdn })),
  NOT_FOUND: async (code) => {
    const { caseId } = (await counter.done('case.open', { msisdn: (await someone(code)).msisdn })).case
    return refusal(await counter.call('case.queryNumber', { caseId }))
  },
  ID_MISMATCH: wrongDocument((person) => ({ identificationId: numberOfTheSameDay(person.identificationId) })),
  NAME_MISMATCH: wrongDocument(() => ({ name: '某某某' })),
  UNSUPPORTED_DOC: wrongDocument(() => ({})),
  ID_EXPIRED: refusedDocument,
  FACE_FAIL: async (code) => {
    const entry = await someone(code)
    const caseId = await opened(entry)
    await world.control({ counter: { person: (await world.someone('clean')).person.id } })
    await photographed(entry, caseId)
    await world.control({ counter: { person: 'auto' } })
    return refusal(await counter.call('case.prove', { caseId, servicePassword: entry.servicePassword }))
  },
  FACE_NO_REFERENCE: async (code) => {
    const view = await preChecked(await someone(code))
    expect(view.progress.approvalsNeeded).toContainEqual(
      expect.objectContaining({ subject: 'faceByEye', granted: false }),
    )
    return view.case.proof?.face.outcome === 'noReference' ? { code, params: {} } : undefined
  },
  PASSWORD_FAIL: clerkSlip((_, caseId) => counter.call('case.prove', { caseId, servicePassword: '000000' })),
  AUTH_LOCKED: clerkSlip(async (_, caseId) => {
    for (let times = 0; times < 5; times++) await counter.call('case.prove', { caseId, servicePassword: '000000' })
    return counter.call('case.prove', { caseId, servicePassword: '000000' })
  }),
  FRIEND_NUMBER_FAIL: clerkSlip((entry, caseId) =>
    counter.call('case.prove', {
      caseId,
      servicePassword: entry.servicePassword,
      oftenCalledNumbers: ['13900000001', '13900000002'] as never,
    }),
  ),
  OTP_INVALID: clerkSlip(async (_, caseId) => {
    await counter.done('case.sendOneTimeCode', { caseId })
    return counter.call('case.prove', { caseId, oneTimeCode: '000000' })
  }),
  TOKEN_EXPIRED: (code) => atHome(code, 'refusedFor'),
  ALREADY_DISPATCHED: (code) => atHome(code, 'refusedFor'),
  CONTACT_SAME: inTheForm((entry) => ({ phone: entry.msisdn })),
  TRANSFER_SAME: inTheForm((entry) => ({ account: entry.msisdn })),
  TRANSFER_NAME_MISMATCH: inTheForm(() => ({ account: '13800138000', holderName: '别人' })),
  ATTACHMENT_MISSING: (code) => atHome(code, 'returnedFor'),
  ATTACHMENT_UNUSABLE: (code) => atHome(code, 'returnedFor'),
  REQUEST_DATA_ERROR: (code) => atHome(code, 'returnedFor'),
  USER_CAUSE_FAIL: (code) => atHome(code, 'refusedFor'),
  MINOR_NO_GUARDIAN: wrongDocument(() => ({})),
  OWNER_DECEASED: wrongDocument(() => ({})),
  AGENT_NOT_ALLOWED: async (code) => {
    const entry = await someone(code)
    const caseId = await opened(entry)
    await counter.done('case.saveAsker', { caseId, asker: 'agent' })
    await counter.done('case.saveDocument', { caseId, document: documentOf(entry) })
    await counter.done('case.capture', { caseId, kind: 'portrait' })
    return refusal(await counter.call('case.prove', { caseId, servicePassword: entry.servicePassword }))
  },
}

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
  return (await preChecked(await someone(code))).progress.findings.find((finding) => finding.code === code)
}

describe('every coded blocker, met in its stage', () => {
  test.each(blockerCatalogue.map((entry) => [entry.stage, entry.code, entry] as const))(
    '%s: %s',
    async (stage, code, entry) => {
      const otherWay = otherWays[code]
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
    const view = await preChecked(await world.someone('combination-every-kind'))
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
    const view = await preChecked(await world.someone('combination-unknown-code'))
    expect(view.progress.findings).toMatchObject([
      { code: 'X_ZJ_7731', known: false, severity: 'hard', effect: 'stops', cleared: false },
    ])
    expect(blockerEntry('X_ZJ_7731')).toBeUndefined()
    expect(view.progress.missing[0]).toMatchObject({ code: 'blocker', params: { blocker: 'X_ZJ_7731' } })
  })
})
