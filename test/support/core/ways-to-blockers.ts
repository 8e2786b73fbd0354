import { expect } from 'vitest'
import { circumstanceName } from '../../../service/simulators/base/blocker-circumstances.ts'
import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { blockerOfFailure } from '../../../src/shared/domain/blocker-of-failure.ts'
import { residentIdCheckCharacter } from '../../../src/shared/domain/identification-number.ts'
import type { Result } from '../../../src/shared/domain/result.ts'
import type { DirectoryEntry, OutsideWorld } from '../service-world.ts'
import { typedDocument } from '../typed-document.ts'
import { acceptCase } from './accept-case.ts'
import type { Counter } from './core-harness.ts'

type Person = DirectoryEntry['person']

/** Numbers that have ended stand on the directory as taken. */
async function ended(world: OutsideWorld, scenario: string): Promise<DirectoryEntry> {
  const answer = await fetch(`${world.simulators.urls.directory}/directory.json?scenario=${scenario}`)
  return ((await answer.json()) as DirectoryEntry[])[0]!
}

/** What a refusal says at the counter. */
function refusal(result: Result<unknown>): Blocker | undefined {
  if (result.ok) throw new Error('was not refused')
  const found = blockerOfFailure(result.error)
  if (!found) throw new Error(`refused for no finding: ${JSON.stringify(result.error)}`)
  return found
}

/** A well-formed number of somebody of the same place and day, so that the document's dates still fit its holder's age. */
function numberOfTheSameDay(id: string): string {
  const first17 = id.slice(0, 14) + String((Number(id.slice(14, 17)) + 2) % 1000).padStart(3, '0')
  return first17 + residentIdCheckCharacter(first17)
}

/**
 * How a clerk at this counter meets each coded blocker, at the simulated home provinces of this world: `someone` in the circumstance,
 * their case as far as the pre-check, and for the codes that the pre-check is not what meets, the way that does.
 */
export function waysToBlockers(counter: Counter, world: OutsideWorld) {
  const someone = (code: string) =>
    code === 'STATE_CANCELLED'
      ? ended(world, circumstanceName(code))
      : world.someone(circumstanceName(code), code === 'NOT_REMOTE' ? { inProvince: '44' } : {})

  async function opened(entry: DirectoryEntry): Promise<string> {
    const { caseId } = (await counter.done('case.open', { msisdn: entry.msisdn })).case
    await counter.done('case.queryNumber', { caseId })
    return caseId
  }

  async function photographed(entry: DirectoryEntry, caseId: string, changes: Partial<DirectoryEntry['person']> = {}) {
    await counter.done('case.saveDocument', {
      caseId,
      document: typedDocument({ person: { ...entry.person, ...changes } }),
    })
    for (const kind of ['documentFront', 'documentBack', 'portrait'] as const)
      await counter.done('case.capture', { caseId, kind })
  }

  async function preChecked(entry: DirectoryEntry) {
    const caseId = await opened(entry)
    await photographed(entry, caseId)
    const oftenCalledNumbers = entry.oftenCalledNumbers.slice(0, 3) as never
    const prove = () =>
      counter.call('case.prove', { caseId, servicePassword: entry.servicePassword, oftenCalledNumbers })
    // A photograph is sometimes too noisy to be known; the clerk takes another.
    for (let proved = await prove(); !proved.ok; proved = await prove()) {
      expect(proved.error.code).toBe('proof.faceMismatch')
      await counter.done('case.capture', { caseId, kind: 'portrait' })
    }
    return counter.done('case.preCheck', { caseId })
  }

  const clerkSlip =
    (prove: (entry: DirectoryEntry, caseId: string) => Promise<Result<unknown>>) => async (code: string) => {
      const entry = await someone(code)
      const caseId = await opened(entry)
      await photographed(entry, caseId)
      return refusal(await prove(entry, caseId))
    }

  const wrongDocument = (change: (person: Person) => Partial<Person>) => async (code: string) => {
    const entry = await someone(code)
    const changes = change(entry.person)
    const caseId = await opened(entry)
    const saved = await counter.call('case.saveDocument', {
      caseId,
      document: typedDocument({ person: { ...entry.person, ...changes } }),
    })
    if (!saved.ok) return refusal(saved)
    await photographed(entry, caseId, changes)
    return refusal(await counter.call('case.prove', { caseId, servicePassword: entry.servicePassword }))
  }

  const refusedDocument = async (code: string) => {
    const entry = await someone(code)
    const caseId = await opened(entry)
    return refusal(await counter.call('case.saveDocument', { caseId, document: typedDocument(entry) }))
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
      await counter.done('case.saveDocument', { caseId, document: typedDocument(entry) })
      await counter.done('case.capture', { caseId, kind: 'portrait' })
      return refusal(await counter.call('case.prove', { caseId, servicePassword: entry.servicePassword }))
    },
  }

  return { someone, preChecked, otherWays }
}
