import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createCounterClient } from '../../support/counter-client.ts'
import { proveHolder } from '../../support/proof-and-papers.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'
import type { DirectoryEntry } from '../../support/service-world.ts'
import { shippedPacks } from '../../support/shipped-rules.ts'
import { typedDocument } from '../../support/typed-document.ts'

onBothDatabases('proving who asks', (suite) => {
  const portraitOf = async (entry: DirectoryEntry) => {
    const content = await suite().world.photograph(entry.person.id, 'portrait')
    return {
      mediaType: 'image/png',
      sha256: createHash('sha256').update(content).digest('hex'),
      contentBase64: content.toString('base64'),
    }
  }
  const prove = async (entry: DirectoryEntry, changes: object = {}, caseId = suite().counter.randomCaseId()) =>
    suite().counter.post('proveIdentity', {
      caseId,
      msisdn: entry.msisdn,
      document: typedDocument(entry),
      servicePassword: entry.servicePassword,
      portrait: await portraitOf(entry),
      ...changes,
    })
  const codeOf = (answer: Awaited<ReturnType<typeof prove>>) => (answer.ok ? 'ok' : answer.error.code)

  it('answers for a number with its serving carrier, and hides the name', async () => {
    const { counter, world } = suite()
    const ported = await world.someone('ported-out')
    const answer = await counter.queryNumber(ported.msisdn)
    expect(answer).toMatchObject({ ok: true, value: { carrier: ported.carrier, homeProvince: ported.province } })
    expect(answer.ok && answer.value.maskedName).not.toContain(ported.person.name.slice(0, -1))
    const local = await world.someone('clean', { inProvince: '44' })
    expect(await counter.queryNumber(local.msisdn)).toMatchObject({ error: { code: 'number.notRemote' } })
    expect(await counter.queryNumber('19999999999')).toMatchObject({ error: { code: 'number.unknownSegment' } })
  })

  it('takes exactly one of password and code', async () => {
    const { world } = suite()
    const entry = await world.someone('clean')
    expect(codeOf(await prove(entry, { servicePassword: undefined }))).toBe('proof.factorMissing')
    expect(codeOf(await prove(entry, { oneTimeCode: '123456' }))).toBe('proof.factorMissing')
  })

  it('sends a code to the number itself, one at a time, and takes it once', async () => {
    const { counter, world } = suite()
    const entry = await world.someone('clean')
    const caseId = counter.randomCaseId()
    const sent = await counter.post('sendOneTimeCode', { caseId, msisdn: entry.msisdn })
    expect(sent).toMatchObject({ ok: true })
    expect(await counter.post('sendOneTimeCode', { caseId, msisdn: entry.msisdn })).toMatchObject({
      status: 422,
      error: { code: 'proof.codeTooSoon' },
    })
    const [message] = await world.messagesTo(entry.msisdn)
    const code = /\d{6}/.exec(message!.text)![0]
    const byCode = { servicePassword: undefined, oneTimeCode: code }
    const wrong = code === '000000' ? '111111' : '000000'
    expect(codeOf(await prove(entry, { ...byCode, oneTimeCode: wrong }, caseId))).toBe('proof.codeWrong')
    expect(codeOf(await prove(entry, byCode))).toBe('proof.codeWrong')
    const proof = await prove(entry, byCode, caseId)
    expect(proof.ok && proof.value.methods).toEqual(['document', 'oneTimeCode', 'face'])
    expect(proof.ok && proof.value.expiresAt - proof.value.provedAt).toBe(1_800_000)
    expect(codeOf(await prove(entry, byCode, caseId))).toBe('proof.codeWrong')
  })

  it('lets a proof live as long as the rules of the number’s place say', async () => {
    const { world, service } = suite()
    const entry = await world.someone('clean')
    const folder = await mkdtemp(join(tmpdir(), 'proof-life-'))
    try {
      const id = `cn-${entry.carrier.toLowerCase()}-${entry.province}`
      const pack = {
        ...shippedPacks.find((each) => each.id === id)!,
        version: 'short-proofs',
        validFrom: '2026-08-01',
        sections: { identity: { proofSeconds: 600 } },
      }
      await writeFile(join(folder, 'pack.json'), JSON.stringify(pack))
      expect(await service.publishRules(folder)).toEqual([`${id} short-proofs`])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    const proof = await prove(entry)
    expect(proof.ok && proof.value.expiresAt - proof.value.provedAt).toBe(600_000)
  })

  it('names what is wrong with the document before it asks anybody', async () => {
    const { world } = suite()
    const entry = await world.someone('clean')
    const document = typedDocument(entry)
    const spoilt = `${document.identificationId.slice(0, 17)}${document.identificationId.endsWith('1') ? '2' : '1'}`
    const checkDigit = await prove(entry, { document: { ...document, identificationId: spoilt } })
    expect(checkDigit).toMatchObject({ error: { code: 'document.checkDigit', field: 'document.identificationId' } })
    expect(codeOf(await prove(await world.someone('expired-document')))).toBe('document.expired')
    expect(codeOf(await prove(await world.someone('minor')))).toBe('document.minor')
  })

  it('refuses another face, and a picture that is none', async () => {
    const { world } = suite()
    const [entry, other] = [await world.someone('clean'), await world.someone('clean')]
    expect(codeOf(await prove(entry, { portrait: await portraitOf(other) }))).toBe('proof.faceMismatch')
    const text = Buffer.from('not a picture')
    const forged = {
      mediaType: 'image/png',
      sha256: createHash('sha256').update(text).digest('hex'),
      contentBase64: text.toString('base64'),
    }
    expect(codeOf(await prove(entry, { portrait: forged }))).toBe('picture.unreadable')
  })

  it('asks a premium number for two numbers it often calls', async () => {
    const { world } = suite()
    const entry = await world.someone('premium')
    expect(await prove(entry)).toMatchObject({ error: { code: 'proof.oftenCalledWrong', params: { left: 6 } } })
    expect(codeOf(await prove(entry, { oftenCalledNumbers: entry.oftenCalledNumbers.slice(0, 2) }))).toBe('ok')
  })

  it('locks a number after more than five wrong answers, at every counter', async () => {
    const { counter, world, service } = suite()
    const entry = await world.someone('clean')
    for (let attempt = 1; attempt <= 5; attempt += 1)
      expect(await prove(entry, { servicePassword: 'wrong' })).toMatchObject({
        error: { code: 'proof.passwordWrong', params: { left: 6 - attempt } },
      })
    expect(codeOf(await prove(entry, { servicePassword: 'wrong' }))).toBe('proof.locked')
    expect(codeOf(await prove(entry))).toBe('proof.locked')
    expect(
      await counter.post('sendOneTimeCode', { caseId: counter.randomCaseId(), msisdn: entry.msisdn }),
    ).toMatchObject({
      status: 423,
      error: { code: 'proof.locked' },
    })
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200)
  })

  it('says when a store may not cancel, with everything else that is in the way', async () => {
    const { world, service } = suite()
    const wuhan = await createCounterClient(service.url)
    await wuhan.enrol(enrolment.wuhan)
    await wuhan.signIn('420233', 'counter-trial-233')
    const entry = await world.someone('many-findings', { notProvince: '42' })
    const caseId = wuhan.randomCaseId()
    const proof = await proveHolder(wuhan, world, entry, caseId)
    const preCheck = await wuhan.post('preCheck', { caseId, msisdn: entry.msisdn, proofId: proof.proofId })
    const codes = preCheck.ok ? preCheck.value.blockers.map((blocker) => blocker.code) : []
    expect(codes).toContain('STAFF_NO_RIGHT')
    expect(codes.length).toBeGreaterThan(3)
  })

  it('lets nobody approve for themselves, without the role, or with a wrong password', async () => {
    const { counter } = suite()
    const approve = (approver: object, changes: object = {}) =>
      counter.post('approve', {
        caseId: counter.randomCaseId(),
        subject: 'premiumNumber',
        reason: '核对',
        approver,
        ...changes,
      })
    const table: [string, object, object?][] = [
      ['approval.samePerson', { staffId: '100217', password: 'counter-trial-217' }],
      ['approval.wrongRole', { staffId: '100218', password: 'counter-trial-218' }],
      ['approval.wrongRole', { staffId: '510105', password: 'counter-trial-105' }],
      ['approval.credentials', { staffId: '100108', password: 'wrong' }],
      ['request.malformed', { staffId: '100108', password: 'counter-trial-108' }, { subject: 'waiver' }],
    ]
    for (const [code, approver, changes] of table) {
      const answer = await approve(approver, changes)
      expect([code, answer.ok ? 'ok' : answer.error.code]).toEqual([code, code])
    }
    expect(await approve({ staffId: '100108', password: 'counter-trial-108' })).toMatchObject({
      ok: true,
      value: { approverName: '周启明' },
    })
  })
})
