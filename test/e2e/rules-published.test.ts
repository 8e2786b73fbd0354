import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CounterWindow } from '../../scripts/demo/counter-window.ts'
import { shanghaiDate } from '../../src/shared/domain/calendar.ts'
import { fen, formatYuan } from '../../src/shared/domain/money.ts'
import type { PenaltyRule } from '../../src/shared/domain/penalty-rule.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase, untilCancelled } from '../support/e2e/prepare-case.ts'
import { type PostgresCluster, startPostgres } from '../support/postgres.ts'

/** Rules are published by the operator's command beside a service that runs, which takes a database of several processes. */
let cluster: PostgresCluster
let counter: Counter
let window: CounterWindow
const folder = mkdtempSync(join(tmpdir(), 'published-'))

beforeAll(async () => {
  cluster = await startPostgres()
  process.env.DATABASE_URL = await cluster.createDatabase()
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(async () => {
  await counter?.close()
  delete process.env.DATABASE_URL
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})
keepPicturesOfFailures(() => counter)

const dearerFen = 5000
const shipped = (name: string) => JSON.parse(readFileSync(`resources/rule-packs/${name}`, 'utf8'))

/** The nation's rules from today on, by which a handset contract costs 50 yuan more; its own test cases say so. */
function writeDearerNation(): void {
  const rules = shipped('cn.penaltyRules.json') as PenaltyRule[]
  const handset = rules.find(({ id }) => id === 'handset')!
  const last = handset.steps.at(-1)!
  last.expression = `${last.expression} + ${dearerFen}`
  for (const each of handset.cases ?? []) if (each.fen !== undefined) each.fen = fen(each.fen + dearerFen)
  const head = { ...shipped('cn.json'), version: 'dearer', validFrom: shanghaiDate(Date.now() as never) }
  writeFileSync(join(folder, 'cn.json'), JSON.stringify(head))
  writeFileSync(join(folder, 'cn.penaltyRules.json'), JSON.stringify(rules))
  for (const name of readdirSync('resources/rule-packs'))
    if (name.startsWith('cn.') && name !== 'cn.json' && name !== 'cn.penaltyRules.json')
      writeFileSync(join(folder, name), JSON.stringify(shipped(name)))
}

async function publish(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['service/src/main.ts', '--publish-rules', folder])
  return stdout
}

/** Everything between the agreements and the signature, by the commands the window would give. */
async function settleAndSign(caseId: string) {
  let view = await counter.done('case.view', { caseId })
  const approver = { staffId: supervisor.staffId, password: supervisor.password }
  for (const { subject, granted } of view.progress.approvalsNeeded)
    if (!granted) await counter.done('case.approve', { caseId, subject, reason: '核对无误', approver })
  view = await counter.done('case.saveSettlement', {
    caseId,
    contact: { name: '李四', phone: '13800138000' as never },
    refund: { route: 'cash', holderName: view.case.document!.name },
    disconnectReason: 'moved',
  })
  const due = view.progress.settlement!.payableFen - view.progress.paidFen
  if (due > 0) await counter.done('case.takePayment', { caseId, method: 'cash', amountFen: fen(due) })
  return signCase(counter, caseId)
}

test('rules published while cases are open: the unsigned one is priced anew and says so, the signed one keeps its own', async () => {
  const signed = await prepareCase(counter, await counter.next('handset'), 'settled')
  const [agreement] = signed.case.preCheck!.account.agreements
  await counter.done('case.chooseAgreement', {
    caseId: signed.case.caseId,
    agreementId: agreement!.id,
    option: 'terminate',
    devicesReturned: agreement!.devices.length,
  })
  const before = await settleAndSign(signed.case.caseId)

  const { case: undecided } = await prepareCase(counter, await counter.next('handset'), 'checked')
  const { case: open } = await prepareCase(counter, await counter.next('handset'), 'checked')
  await showCase(counter, window, open.caseId)
  await window.press('1')
  const choice = async () => (await counter.done('case.view', { caseId: open.caseId })).case.choices[0]
  await expect.poll(choice).toMatchObject({ option: 'terminate' })
  const { amountFen: shownFen } = (await choice())!.quoted!

  writeDearerNation()
  expect(await publish()).toContain('published cn dearer')

  // The clerk touches nothing: the window says it by itself.
  const figures = { from: formatYuan(shownFen), to: formatYuan(fen(shownFen + dearerFen)) }
  const { page, say } = window
  await page.getByText(say('case.agreements.changedByRules', figures)).first().waitFor({ timeout: 60_000 })
  mkdirSync('out/e2e', { recursive: true })
  await page.screenshot({ path: 'out/e2e/rules-published.png', fullPage: true })

  const after = await counter.done('case.view', { caseId: signed.case.caseId })
  expect(after.progress.settlement!.totalFen).toBe(before.case.signature!.signedTotalFen)
  expect(after.progress.quotes[0]!.quote!.packs).toEqual(before.progress.quotes[0]!.quote!.packs)
  expect(after.progress.quotes[0]!.changed).toBeUndefined()
  await counter.done('case.submit', { caseId: signed.case.caseId })
  await untilCancelled(counter, signed.case.caseId)

  // Told, the customer chooses again: by the new figure, which is what they pay and sign.
  await window.press('1')
  await page
    .getByText(say('case.agreements.changedByRules', figures))
    .first()
    .waitFor({ state: 'hidden', timeout: 10_000 })
  expect((await choice())!.quoted!.amountFen).toBe(shownFen + dearerFen)
  // Nothing was chosen in this one, but its figure had been read out.
  const told = (await counter.done('case.view', { caseId: undecided.caseId })).progress.quotes[0]!
  expect(told.changed).toEqual({ fromFen: told.quote!.amountFen - dearerFen, because: 'rulesBeforeChoice' })
  const late = await settleAndSign(open.caseId)
  expect(late.progress.quotes[0]!.quote!.packs[0]).toEqual({ id: 'cn', version: 'dearer' })
  await counter.done('case.submit', { caseId: open.caseId })
  await untilCancelled(counter, open.caseId)
  await showCase(counter, window, undecided.caseId)
  const both = { from: formatYuan(told.changed!.fromFen), to: formatYuan(told.quote!.amountFen) }
  await page.getByText(say('case.agreements.changedBeforeChoice', both)).first().waitFor()
  await page.screenshot({ path: 'out/e2e/rules-published-undecided.png', fullPage: true })
  expect(counter.problems).toEqual([])
})
