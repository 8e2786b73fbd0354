import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Counter, openCounter, remoteNumber } from '../../support/core/core-harness.ts'
import { sign, signIn } from '../../support/core/counter-steps.ts'
import { holderDocument, tinyPng } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter

beforeAll(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterAll(async () => {
  await counter.close()
  await service.close()
})

const agentDocument = {
  ...holderDocument,
  identificationId: '110105199001010010',
  name: '李代办',
  validTo: null,
} as const
const file = { mediaType: 'image/png', contentBase64: tinyPng } as const
const agentPapers = [
  'documentFront',
  'documentBack',
  'secondDocumentFront',
  'secondDocumentBack',
  'authorisationLetter',
  'portrait',
] as const

async function opened(last: number) {
  const { caseId } = (await counter.done('case.open', { msisdn: remoteNumber(last) })).case
  return caseId
}
const missing = async (caseId: string) =>
  (await counter.done('case.view', { caseId })).progress.missing
    .filter(({ step }) => step === 'identity')
    .map(({ code, params }) => params.kind ?? code)

test('the list of what is missing is that of who asks, and shrinks paper by paper', async () => {
  const caseId = await opened(901)
  expect(await missing(caseId)).toEqual(['document', 'documentFront', 'documentBack', 'portrait', 'proof'])
  await counter.done('case.saveAsker', { caseId, asker: 'agent' })
  expect(await missing(caseId)).toEqual(['document', 'secondDocument', ...agentPapers, 'proof'])
  await counter.done('case.saveDocument', { caseId, document: { ...holderDocument } })
  expect(await counter.call('case.saveSecond', { caseId, document: { ...holderDocument } })).toMatchObject({
    error: { code: 'asker.samePerson' },
  })
  const second = { ...agentDocument, validFrom: undefined, identificationType: 'FOREIGN_PASSPORT' as const }
  await counter.done('case.saveSecond', {
    caseId,
    document: { ...second, identificationId: 'E12345678', validTo: '2030-01-01' as never },
    relation: '配偶',
  })
  // A passport has one side worth a picture.
  expect(await missing(caseId)).not.toContain('secondDocumentBack')
  for (const kind of agentPapers.filter((each) => each !== 'secondDocumentBack'))
    await counter.done('case.capture', { caseId, kind, file })
  expect(await missing(caseId)).toEqual(['proof'])
})

test('another asker voids the proof and puts away what the new one does not need', async () => {
  const caseId = await opened(902)
  await counter.done('case.saveAsker', { caseId, asker: 'agent' })
  await counter.done('case.saveDocument', { caseId, document: { ...holderDocument } })
  const document = { ...agentDocument, identificationType: 'FOREIGN_PASSPORT' as const, identificationId: 'E12345678' }
  await counter.done('case.saveSecond', { caseId, document: { ...document, validTo: '2030-01-01' as never } })
  for (const kind of agentPapers)
    if (kind !== 'secondDocumentBack') await counter.done('case.capture', { caseId, kind, file })
  service.state.intercept = (route, body) =>
    route === '/v1/identity-proofs' ? { status: 200, body: { ...proofOf(body as never), asker: 'agent' } } : undefined
  await counter.done('case.prove', { caseId, servicePassword: '123456' })
  service.state.intercept = undefined
  const { case: changed } = await counter.done('case.saveAsker', { caseId, asker: 'holder' })
  expect(changed.proof).toBeUndefined()
  expect(changed.asker).toEqual({ kind: 'holder' })
  expect(changed.attachments.map(({ kind }) => kind).sort()).toEqual(['documentBack', 'documentFront'])
})

const proofOf = (body: { caseId: string; msisdn: string; document: { name: string } }) => ({
  proofId: crypto.randomUUID(),
  caseId: body.caseId,
  msisdn: body.msisdn,
  methods: ['document', 'servicePassword', 'face'],
  face: { vendor: 'double', modelVersion: '1', score: 0.9, threshold: 0.7, outcome: 'match' },
  holderName: body.document.name,
  secondName: '李代办',
  provedAt: Date.now(),
  expiresAt: Date.now() + 1_800_000,
})

test('an agent’s case travels with both people, and the form says who acts for whom', async () => {
  const caseId = await opened(903)
  await counter.done('case.saveAsker', { caseId, asker: 'agent' })
  await counter.done('case.saveDocument', { caseId, document: { ...holderDocument } })
  const document = { ...agentDocument, identificationType: 'FOREIGN_PASSPORT' as const, identificationId: 'E12345678' }
  await counter.done('case.saveSecond', {
    caseId,
    document: { ...document, validTo: '2030-01-01' as never },
    relation: '配偶',
  })
  for (const kind of agentPapers)
    if (kind !== 'secondDocumentBack') await counter.done('case.capture', { caseId, kind, file })
  // The answer to another asker than was asked about is not believed.
  expect(await counter.call('case.prove', { caseId, servicePassword: '123456' })).toMatchObject({
    error: { code: 'home.unexpectedAnswer' },
  })
  service.state.intercept = (route, body) =>
    route === '/v1/identity-proofs' ? { status: 200, body: { ...proofOf(body as never), asker: 'agent' } } : undefined
  await counter.done('case.prove', { caseId, servicePassword: '123456' })
  service.state.intercept = undefined
  await counter.done('case.preCheck', { caseId })
  const contact = { name: '李代办', phone: '13800138000' as never }
  const cash = { route: 'cash' as const, holderName: holderDocument.name }
  expect(
    await counter.call('case.saveSettlement', { caseId, contact, refund: cash, disconnectReason: 'moved' }),
  ).toMatchObject({ error: { code: 'refund.routeForAsker' } })
  await counter.done('case.saveSettlement', { caseId, contact, disconnectReason: 'moved' })
  const { html } = await counter.done('case.acceptance', { caseId })
  expect(html).toContain('李代办')
  expect(html).toContain('代办人 (配偶)')
  expect(html).not.toContain('本人是该号码的登记机主')
  await sign(counter, caseId)
  await counter.done('case.submit', { caseId })
  const { case: submitted } = await counter.done('case.view', { caseId })
  expect(submitted.asker?.document?.name).not.toBe('李代办')
  const payload = await counter.store.get<{ payload: string }>(
    "SELECT payload FROM outbox_job WHERE lane = ? AND kind = 'order.submit'",
    [caseId],
  )
  expect(JSON.parse(payload!.payload)).toMatchObject({
    asker: 'agent',
    relation: '配偶',
    relatedParty: [
      { role: 'holder', document: { name: holderDocument.name } },
      { role: 'agent', document: { name: '李代办' } },
    ],
  })
})
