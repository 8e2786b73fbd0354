import { setTimeout as wait } from 'node:timers/promises'
import { readPackFolder } from '../../service/src/rule-packs/pack-folder.ts'
import { type Asker, secondRole } from '../../src/shared/domain/asker.ts'
import type { Blocker } from '../../src/shared/domain/blocker.ts'
import { explainAlone } from '../../src/shared/domain/blocker-findings.ts'
import { type Instant, type ShanghaiDate, shanghaiDate } from '../../src/shared/domain/calendar.ts'
import { invoicesConcerned } from '../../src/shared/domain/invoice-policy.ts'
import { type Fen, fen, sumFen } from '../../src/shared/domain/money.ts'
import { type AskerRule, papersNeeded } from '../../src/shared/domain/papers.ts'
import { quotePenalty } from '../../src/shared/domain/penalty-quote.ts'
import { resolveRules } from '../../src/shared/domain/rules/resolve-rules.ts'
import { type Settlement, settle } from '../../src/shared/domain/settlement.ts'
import type { OrderView } from '../../src/shared/protocol/changes.ts'
import type { Approval, IdentityProof, PreCheck } from '../../src/shared/protocol/identity.ts'
import type { OrderSubmit } from '../../src/shared/protocol/jobs.ts'
import type { CounterClient } from './counter-client.ts'
import { actorFor, must, papersOf, proveHolder } from './proof-and-papers.ts'
import type { DirectoryEntry, OutsideWorld } from './service-world.ts'
import { typedDocument } from './typed-document.ts'

export const clerk = { staffId: '100217', password: 'counter-trial-217' }
export const supervisor = { staffId: '100108', password: 'counter-trial-108' }
export const chengduClerk = { staffId: '510226', password: 'counter-trial-226' }
export const chengduSupervisor = { staffId: '510105', password: 'counter-trial-105' }
const { packs } = await readPackFolder(new URL('../../resources/rule-packs', import.meta.url).pathname)

export interface PreparedCase {
  entry: DirectoryEntry
  caseId: string
  proof: IdentityProof
  preCheck: PreCheck
  settlement: Settlement
  order: OrderSubmit
  /** Everything that must reach the service before the order, in order. */
  jobsBefore: unknown[]
  approvals: Approval[]
}

function paymentFor(caseId: string, preCheck: PreCheck, settlement: Settlement, paymentId: string) {
  let left: number = settlement.payableFen
  const allocations = []
  for (const line of settlement.lines) {
    if (!['bill', 'lateFee', 'unbilled', 'penalty'].includes(line.kind) || left === 0) continue
    const waived = sumFen(
      settlement.lines
        .filter((other) => line.kind === 'penalty' && other.kind === 'waiver' && other.ref === line.ref)
        .map((other) => other.amountFen),
    )
    const amount = Math.min(left, line.amountFen + waived)
    if (amount === 0) continue
    allocations.push({ kind: line.kind, ...(line.ref ? { ref: line.ref } : {}), amountFen: amount })
    left -= amount
  }
  const { msisdn, carrier, homeProvince } = preCheck.account.number
  return {
    paymentId,
    caseId,
    msisdn,
    carrier,
    homeProvince,
    method: 'cash',
    amountFen: settlement.payableFen,
    receiptNumber: `R-${paymentId.slice(-6)}`,
    takenAt: Date.now(),
    allocations,
  }
}

/** True when a finding is told or decided and noted, with the catalogue as the only rules. */
function needsAcknowledgement(blocker: Blocker): boolean {
  const { effect } = explainAlone(blocker, '1970-01-01' as ShanghaiDate)
  return effect === 'tell' || effect === 'decide'
}

/** Everything a clerk does up to the signature, over the wire: the order is ready to be handed in. */
export async function prepareCase(
  counter: CounterClient,
  world: OutsideWorld,
  entry: DirectoryEntry,
  wishes: {
    waiver?: (amountFen: Fen) => number
    skipApprovals?: boolean
    approver?: typeof supervisor
    asker?: Asker
    /** Subjects to approve besides what the case itself wants. */
    also?: string[]
    /** A case that has its id already. */
    caseId?: string
  } = {},
): Promise<PreparedCase> {
  const caseId = wishes.caseId ?? counter.randomCaseId()
  const asker = wishes.asker ?? 'holder'
  const actor = actorFor(entry, asker)
  const proof = await proveHolder(counter, world, entry, caseId, asker)
  const preCheck = must(await counter.post('preCheck', { caseId, msisdn: entry.msisdn, proofId: proof.proofId }))
  const { account, blockers } = preCheck
  const at = Date.now() as Instant
  const place = { carrier: account.number.carrier, province: account.number.homeProvince }
  const resolved = resolveRules(packs, place, shanghaiDate(at))
  if (!resolved.ok) throw new Error(resolved.error.code)
  const rules = resolved.value
  const quotes = account.agreements.map((agreement) => {
    const quote = quotePenalty({
      agreement,
      rules,
      at,
      devicesReturned: agreement.devices.length,
    })
    if (!quote.ok) throw new Error(quote.error.code)
    return { agreement, quote: quote.value }
  })
  const approvals: Approval[] = []
  const approve = async (body: object) => {
    if (!wishes.skipApprovals)
      approvals.push(
        must(
          await counter.post('approve', { caseId, reason: '已核对', approver: wishes.approver ?? supervisor, ...body }),
        ),
      )
  }
  if (account.number.premium || account.agreements.some((one) => one.agreementType === 'PREMIUM_NUMBER'))
    await approve({ subject: 'premiumNumber' })
  const waivers: { agreementId: string; waivedFen: Fen }[] = []
  for (const { agreement, quote } of quotes) {
    const waivedFen = fen(wishes.waiver?.(quote.amountFen) ?? 0)
    waivers.push({ agreementId: agreement.id, waivedFen })
    if (waivedFen > 0) await approve({ subject: 'waiver', agreementId: agreement.id, waivedFen })
  }
  const settlement = settle({
    account,
    quotes: quotes.map((one) => one.quote),
    waivers,
    lateFee: rules.lateFee,
    on: shanghaiDate(at),
  })
  if (proof.face.outcome === 'noReference') await approve({ subject: 'faceByEye' })
  if (settlement.refundableFen > 50_000) await approve({ subject: 'largeRefund', amountFen: settlement.refundableFen })
  if (settlement.refundableFen > 20_000) await approve({ subject: 'manualIdentity' })
  for (const subject of wishes.also ?? []) await approve({ subject })
  const needed = papersNeeded(rules, asker, {
    holder: typedDocument(entry).identificationType,
    second: actor && (actor.person.identificationType as 'RESIDENT_ID'),
  })
  if (!needed.ok) throw new Error(needed.error.code)
  if (needed.value.rule.secondPerson) await approve({ subject: 'asker' })
  const kinds = needed.value.papers.map((paper) => paper.kind)
  const papers = await papersOf(counter, world, entry, caseId, kinds, (actor ?? entry).person)
  const paymentIds = settlement.payableFen > 0 ? [counter.randomCaseId()] : []
  const payments = paymentIds.map((id) =>
    counter.job('payment.take', paymentFor(caseId, preCheck, settlement, id), {
      lane: caseId,
      staffId: counter.staffId() ?? clerk.staffId,
    }),
  )
  const order = {
    orderId: counter.randomCaseId(),
    caseId,
    caseNumber: `SZ${caseId.slice(-8).toUpperCase()}`,
    productOrderItem: [{ action: 'delete', msisdn: entry.msisdn }],
    carrier: account.number.carrier,
    homeProvince: account.number.homeProvince,
    asker,
    relatedParty: [
      { role: 'holder', document: typedDocument(entry) },
      ...(actor ? [{ role: secondRole(asker), document: typedDocument(actor) }] : []),
    ],
    proofId: proof.proofId,
    preCheckId: preCheck.preCheckId,
    agreements: quotes.map(({ agreement, quote }, index) => ({
      agreementId: agreement.id,
      quote,
      devicesReturned: agreement.devices.length,
      waivedFen: waivers[index]!.waivedFen,
    })),
    rulePacks: resolved.value.packs,
    settlement,
    limits: {
      highestPenaltyFen: sumFen(quotes.map((one) => one.quote.amountFen)),
      highestPayableFen: settlement.payableFen,
    },
    paymentIds,
    ...(settlement.refundableFen > 0 ? { refund: refundOf(needed.value.rule, proof) } : {}),
    invoices: invoicesConcerned(account, rules.invoice, settlement.refundableFen).map((bill, index) => ({
      billId: bill.id,
      way: index % 2 === 0 ? 'originalReturned' : 'redLetter',
      invoiceNumber: `0440190${index}`,
      amountFen: bill.amountFen,
    })),
    contact: { name: '王联系', phone: '13800138000' },
    acknowledgedBlockers: blockers.filter(needsAcknowledgement).map(({ code }) => ({ code, reason: '已告知客户' })),
    approvalIds: approvals.map((approval) => approval.approvalId),
    attachments: papers.references,
    authorization: {
      documentSha256: papers.references.find(({ kind }) => kind === 'signedForm')!.sha256,
      strokesSha256: counter.randomHash(),
      signedAt: at,
    },
    disconnectReason: 'moved',
    acceptedAt: Date.now(),
  } as unknown as OrderSubmit
  return { entry, caseId, proof, preCheck, settlement, order, jobsBefore: [...papers.jobs, ...payments], approvals }
}

/** Where money goes back to, as the asker's rule has it. */
function refundOf({ refund }: AskerRule, proof: IdentityProof) {
  const holderName = refund.to === 'second' ? proof.secondName : proof.holderName
  return refund.routes.includes('cash')
    ? { route: 'cash', holderName }
    : { route: 'bankCard', account: '6222021234567890128', holderName }
}

/** The envelope of the order itself. */
export function submitJob(counter: CounterClient, prepared: PreparedCase, order: unknown = prepared.order) {
  return counter.job('order.submit', order, { lane: prepared.caseId, staffId: counter.staffId() ?? clerk.staffId })
}

/** Hands everything in and expects each job to be taken. */
export async function handIn(counter: CounterClient, prepared: PreparedCase): Promise<void> {
  const results = await counter.sendJobs([...prepared.jobsBefore, submitJob(counter, prepared)])
  const refused = results.find((result) => result.outcome !== 'accepted')
  if (refused) throw new Error(`not accepted: ${JSON.stringify(refused)}`)
}

/** Follows the change feed until the order is as wanted; returns it. Throws after `seconds` with what it had come to. */
export async function followOrder(
  counter: CounterClient,
  orderId: string,
  wanted: (order: OrderView) => boolean,
  seconds = 25,
): Promise<OrderView> {
  const until = Date.now() + seconds * 1000
  let cursor = 0
  let last: OrderView | undefined
  while (Date.now() < until) {
    const answer = await counter.changes(cursor, 2).catch(() => undefined)
    if (!answer?.ok) {
      await wait(200)
      continue
    }
    for (const change of answer.value.changes)
      if (change.kind === 'order' && change.order.orderId === orderId) {
        last = change.order
        if (wanted(change.order)) return change.order
      }
    cursor = answer.value.cursor
  }
  throw new Error(`order did not come to what was wanted: ${JSON.stringify(last?.stage)} ${codesOf(last)}`)
}

/** Codes of an order's events, without the messages sent. */
export function codesOf(order: OrderView | undefined): string[] {
  return (order?.events ?? []).map((event) => event.code).filter((code) => code !== 'smsSent')
}
