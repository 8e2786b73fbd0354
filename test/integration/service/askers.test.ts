import { expect, it } from 'vitest'
import { type Asker, secondRole } from '../../../src/shared/domain/asker.ts'
import type { AttachmentKind } from '../../../src/shared/protocol/jobs.ts'
import { codesOf, followOrder, handIn, prepareCase, submitJob } from '../../support/counter-journey.ts'
import { actorFor, proofRequest } from '../../support/proof-and-papers.ts'
import { onBothDatabases } from '../../support/service-suite.ts'
import type { DirectoryEntry } from '../../support/service-world.ts'
import { typedDocument } from '../../support/typed-document.ts'

const scenarios: [Asker, string][] = [
  ['agent', 'agent'],
  ['guardian', 'minor'],
  ['heir', 'heir'],
  ['organisation', 'corporate'],
  ['disowned', 'disowned'],
]

onBothDatabases('who asks for whom', (suite) => {
  const prove = async (entry: DirectoryEntry, asker: Asker, changes: object = {}) => {
    const { counter, world } = suite()
    const request = await proofRequest(world, entry, counter.randomCaseId(), asker)
    const answer = await counter.post('proveIdentity', { ...request, ...changes })
    return answer.ok ? 'ok' : answer.error.code
  }

  it.each(scenarios)(
    '%s: proved, submitted with every paper, and cancelled by the home province',
    async (asker, scenario) => {
      const { counter, world } = suite()
      const entry = await world.someone(scenario)
      const prepared = await prepareCase(counter, world, entry, { asker })
      expect(prepared.proof).toMatchObject({ asker, holderName: entry.person.name })
      expect(prepared.proof.secondName).toBe(actorFor(entry, asker)?.person.name)
      expect(prepared.preCheck.blockers.map(({ code }) => code)).not.toEqual(
        expect.arrayContaining(['CORPORATE_OWNED', 'OWNER_DECEASED', 'UNKNOWN_NUMBER']),
      )
      await handIn(counter, prepared)
      const order = await followOrder(counter, prepared.order.orderId, ({ stage }) => stage === 'deactivated')
      expect(codesOf(order)).not.toContain('returned')
    },
  )

  it('keeps the evidence of a disowned number before anything is closed, and tells the home province its hash', async (context) => {
    const { counter, world, look } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can look in')
    const entry = await world.someone('disowned')
    const prepared = await prepareCase(counter, world, entry, { asker: 'disowned' })
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, ({ stage }) => stage === 'deactivated')
    const { db } = look
    const evidence = await db
      .selectFrom('evidence')
      .selectAll()
      .where('order_id', '=', prepared.order.orderId)
      .executeTakeFirstOrThrow()
    const kept = JSON.parse(evidence.manifest) as { papers: { kind: string }[]; account: { city: string } }
    expect(kept.papers.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['disownedDeclaration', 'releaseForm']))
    expect(kept.account).toEqual(prepared.preCheck.account)
    const acts = await db
      .selectFrom('audit_entry')
      .select('action')
      .where('subject', '=', prepared.order.orderId)
      .execute()
    expect(acts.map(({ action }) => action)).toContain('evidence.kept')
  })

  it('lets nobody act without their own document, with the holder’s, or with another face', async () => {
    const { world } = suite()
    const entry = await world.someone('agent')
    const agent = actorFor(entry, 'agent')!
    expect(await prove(entry, 'agent', { secondDocument: undefined })).toBe('asker.documentMissing')
    expect(await prove(entry, 'agent', { secondDocument: typedDocument(entry) })).toBe('asker.samePerson')
    const stranger = await world.someone('clean')
    const { portrait } = await proofRequest(world, stranger, suite().counter.randomCaseId())
    expect(await prove(entry, 'agent', { portrait })).toBe('proof.faceMismatch')
    // The holder's own face does not prove the agent either.
    const { portrait: holders } = await proofRequest(world, entry, suite().counter.randomCaseId())
    expect(await prove(entry, 'agent', { portrait: holders })).toBe('proof.faceMismatch')
    const child = { ...typedDocument(agent), identificationId: '110105201501010018' }
    expect(await prove(entry, 'agent', { secondDocument: child })).toMatch(
      /^document\.(minor|checkDigit|validitySpan)$/,
    )
    expect(await prove(entry, 'agent')).toBe('ok')
  })

  it('refuses an agent where the carrier takes none, a minor alone, and a dead holder in person', async () => {
    const { world } = suite()
    expect(await prove(await world.someone('agent-refused'), 'agent')).toBe('asker.notAllowed')
    expect(await prove(await world.someone('minor'), 'holder')).toBe('document.minor')
    const deceased = await world.someone('heir')
    expect(await prove(deceased, 'holder')).toBe('asker.needsHeir')
    expect(await prove(deceased, 'heir')).toBe('ok')
    const grownUp = await world.someone('clean')
    const guardian = typedDocument(actorFor(deceased, 'heir')!)
    expect(await prove(grownUp, 'guardian', { secondDocument: guardian })).toBe('document.notMinor')
    const organisation = await world.someone('corporate')
    expect(await prove(organisation, 'holder')).toBe('document.typeNotAccepted')
  })

  it('takes no order with a paper missing, with somebody else’s name, or with the money going elsewhere', async () => {
    const { counter, world } = suite()
    const entry = await world.someone('agent')
    const prepared = await prepareCase(counter, world, entry, { asker: 'agent' })
    const { order } = prepared
    expect(order.refund).toMatchObject({ route: 'bankCard', holderName: entry.person.name })
    const agent = actorFor(entry, 'agent')!.person.name
    const without = (kind: AttachmentKind) => ({
      attachments: order.attachments.filter((paper) => paper.kind !== kind),
    })
    const holderOnly = order.relatedParty.slice(0, 1)
    const changes: [string, object][] = [
      ['order.attachmentMissing', without('authorisationLetter')],
      ['order.attachmentMissing', without('secondDocumentBack')],
      ['order.attachmentMissing', without('portrait')],
      ['refund.notHolder', { refund: { ...order.refund, holderName: agent } }],
      ['refund.routeForAsker', { refund: { route: 'cash', holderName: entry.person.name } }],
      ['proof.idMismatch', { asker: 'holder', relatedParty: holderOnly }],
      ['proof.idMismatch', { asker: 'guardian' }],
      ['asker.documentMissing', { relatedParty: holderOnly }],
      ['contact.sameNumber', { contact: { name: '王联系', phone: entry.msisdn } }],
    ]
    expect((await counter.sendJobs(prepared.jobsBefore)).every((result) => result.outcome === 'accepted')).toBe(true)
    for (const [code, change] of changes) {
      const [result] = await counter.sendJobs([submitJob(counter, prepared, { ...order, ...change })])
      expect([code, result!.outcome === 'refused' && result!.error.code]).toEqual([code, code])
    }
    const [right] = await counter.sendJobs([submitJob(counter, prepared)])
    expect(right).toMatchObject({ outcome: 'accepted' })
  })

  it('wants a second person for an heir', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('heir'), {
      asker: 'heir',
      skipApprovals: true,
    })
    expect(prepared.order.refund).toMatchObject({ holderName: prepared.proof.secondName })
    const results = await counter.sendJobs([...prepared.jobsBefore, submitJob(counter, prepared)])
    expect(results.at(-1)).toMatchObject({
      outcome: 'refused',
      error: { code: 'approval.missing', params: { subject: 'asker' } },
    })
    expect(secondRole('heir')).toBe('heir')
  })

  it('judges no more than six answers, however many are given at once', async () => {
    const { counter, world } = suite()
    const entry = await world.someone('clean')
    const request = await proofRequest(world, entry, counter.randomCaseId())
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, guess) =>
        counter.post('proveIdentity', { ...request, servicePassword: `wrong-${guess}` }),
      ),
    )
    const codes = guesses.map((answer) => (answer.ok ? 'ok' : answer.error.code))
    expect(codes.filter((code) => code === 'proof.passwordWrong').length).toBeLessThanOrEqual(5)
    expect(codes.filter((code) => code === 'proof.locked').length).toBeGreaterThanOrEqual(15)
    expect(await prove(entry, 'holder')).toBe('proof.locked')
  })

  it('locks a document that is tried on one number after the other, and the lock outlives a restart', async () => {
    const { counter, world, restart } = suite()
    const thief = await world.someone('clean')
    const document = typedDocument(thief)
    for (let attempt = 1; attempt <= 6; attempt++) await prove(await world.someone('clean'), 'holder', { document })
    const answer = await counter.post('proveIdentity', await proofRequest(world, thief, counter.randomCaseId()))
    expect(answer).toMatchObject({ status: 423, error: { code: 'proof.locked' } })
    const until = answer.ok ? 0 : Number(answer.error.params?.until)
    expect(until).toBeGreaterThan(Date.now())
    await restart()
    expect(await prove(thief, 'holder')).toBe('proof.locked')
  })

  it('does not count an attempt that nobody could judge', async () => {
    const { world } = suite()
    const entry = await world.someone('clean')
    await world.control({ targets: { face: { down: true } } })
    for (let attempt = 1; attempt <= 7; attempt++) expect(await prove(entry, 'holder')).toBe('home.unavailable')
    await world.control({ targets: { face: null } })
    expect(await prove(entry, 'holder')).toBe('ok')
  })
})
