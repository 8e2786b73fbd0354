import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'
import { verifyLedger } from '../../../service/src/ledger/verify-ledger.ts'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { imbalances, type Statement } from '../../../src/shared/domain/ledger-statement.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import {
  chengduSupervisor,
  clerk,
  codesOf,
  followOrder,
  handIn,
  type PreparedCase,
  prepareCase,
  supervisor,
} from '../../support/counter-journey.ts'
import { homeBooks } from '../../support/home-books.ts'
import { readXlsx } from '../../support/read-xlsx.ts'
import { enrolment, onBothDatabases, type Suite } from '../../support/service-suite.ts'

const today = () => shanghaiDate(Date.now())
const auditor = { staffId: '100401', password: 'counter-trial-401' }

const clearingOf = (statement: Statement) => statement.closingFen
const pay = (prepared: PreparedCase, suite: Suite, refund: object) =>
  suite.counter.job('refund.pay', refund, { lane: prepared.caseId, staffId: clerk.staffId })

onBothDatabases('the inter-province ledger', (suite) => {
  const finished = (one: PreparedCase) =>
    followOrder(suite().counter, one.order.orderId, (view) => view.state === 'completed')

  it('agrees with the books of the home provinces to the fen after every kind of case', async () => {
    const { counter, world } = suite()
    const scenarios = ['clean', 'arrears', 'handset', 'modem', 'prepaid-refund', 'premium', 'invoiced', 'arrears']
    const cases: PreparedCase[] = []
    for (const scenario of scenarios) {
      const wishes = scenario === 'handset' ? { waiver: (amount: number) => Math.min(amount, 50_000) } : {}
      cases.push(await prepareCase(counter, world, await world.someone(scenario), wishes))
    }
    for (const one of cases) await handIn(counter, one)
    for (const one of cases) await finished(one)
    // Refused at home after the money was posted: the penalty goes back, debts stay paid.
    const refused = await prepareCase(counter, world, await world.someone('refused-at-review'))
    await handIn(counter, refused)
    await followOrder(counter, refused.order.orderId, (view) => view.stage === 'refused')

    const books = await homeBooks(world)
    await counter.signIn(supervisor.staffId, supervisor.password)
    const list = await counter.statements(today(), today())
    if (!list.ok) throw new Error(list.error.code)
    const mine = list.value.statements.filter((one) => one.handlingProvince === '44')
    expect(mine.length).toBeGreaterThan(3)
    for (const summary of mine) {
      const { homeProvince } = summary
      const one = await counter.statement('44', homeProvince, today())
      if (!one.ok) throw new Error(one.error.code)
      const { statement } = one.value
      expect(imbalances(statement.accounts)).toEqual([])
      const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)
      const ours = (book: string, account: string) =>
        sum(
          statement.accounts
            .filter((entry) => entry.book === book && entry.account === account)
            .map((entry) => entry.closingFen),
        )
      const theirs = books.payments.filter((payment) => payment.homeProvince === homeProvince)
      const owedLi = sum(theirs.map((payment) => payment.postedLi - payment.reversedLi))
      const cashLi = sum(
        books.refunds
          .filter((refund) => refund.homeProvince === homeProvince && refund.route === 'cash')
          .map((refund) => refund.amountLi),
      )
      expect([homeProvince, clearingOf(statement) * 10]).toEqual([homeProvince, owedLi - cashLi])
      expect(ours('handling', 'customerMoney')).toBe(0)
      // Charges less payments less set-off: nothing is left open at home once the lines have ended.
      expect([homeProvince, ours('home', 'receivable')]).toEqual([homeProvince, 0])
    }
    const invoiced = cases[6]!
    const voided = books.invoices.filter((invoice) => invoice.orderId === invoiced.order.orderId)
    expect(voided.map((invoice) => invoice.amountLi)).toEqual([69_000, 59_000])
    const order = await finished(invoiced)
    expect(codesOf(order).filter((code) => code === 'invoiceVoided')).toHaveLength(2)
    await counter.signIn(clerk.staffId, clerk.password)
  })

  it('hands back in cash what the home province ordered, once and never more', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('prepaid-refund'))
    await handIn(counter, prepared)
    const done = await followOrder(counter, prepared.order.orderId, (view) => view.state === 'completed')
    const owed = prepared.settlement.refundableFen
    expect([done.refundFen, done.owedHereFen]).toEqual([owed, owed])
    const refund = {
      refundId: counter.randomCaseId(),
      caseId: prepared.caseId,
      msisdn: prepared.entry.msisdn,
      orderId: done.orderId,
      method: 'cash',
      amountFen: owed,
      receiptNumber: 'C-R1',
      reason: '现金退款',
      paidAt: Date.now(),
    }
    const tooMuch = pay(prepared, suite(), { ...refund, amountFen: owed + 1 })
    expect(await counter.sendJobs([tooMuch])).toMatchObject([{ outcome: 'refused', error: { code: 'refund.notOwed' } }])
    const job = pay(prepared, suite(), refund)
    expect(await counter.sendJobs([job])).toMatchObject([{ outcome: 'accepted' }])
    expect(await counter.sendJobs([job])).toMatchObject([{ outcome: 'accepted' }])
    const again = pay(prepared, suite(), { ...refund, refundId: counter.randomCaseId() })
    expect(await counter.sendJobs([again])).toMatchObject([{ outcome: 'refused', error: { code: 'refund.notOwed' } }])
    const told = await followOrder(counter, done.orderId, (view) => codesOf(view).includes('refundPaid'))
    expect(told.owedHereFen).toBeUndefined()
  })

  it('gives a payment back whole when its case was never submitted, and then it is no payment any more', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('arrears'))
    expect((await counter.sendJobs(prepared.jobsBefore)).every((result) => result.outcome === 'accepted')).toBe(true)
    const [paymentId] = prepared.order.paymentIds
    const refund = {
      refundId: counter.randomCaseId(),
      caseId: prepared.caseId,
      msisdn: prepared.entry.msisdn,
      paymentId,
      method: 'cash',
      amountFen: prepared.settlement.payableFen,
      receiptNumber: 'G-R1',
      reason: '客户不办了',
      paidAt: Date.now(),
    }
    const half = pay(prepared, suite(), { ...refund, amountFen: 100 })
    expect(await counter.sendJobs([half])).toMatchObject([{ outcome: 'refused', error: { code: 'refund.notOwed' } }])
    const other = pay(prepared, suite(), { ...refund, method: 'card', authorizationCode: '7788' })
    expect(await counter.sendJobs([other])).toMatchObject([{ outcome: 'refused', error: { code: 'job.malformed' } }])
    expect(await counter.sendJobs([pay(prepared, suite(), refund)])).toMatchObject([{ outcome: 'accepted' }])
    const twice = pay(prepared, suite(), { ...refund, refundId: counter.randomCaseId() })
    expect(await counter.sendJobs([twice])).toMatchObject([{ outcome: 'refused', error: { code: 'refund.notOwed' } }])
    const order = counter.job('order.submit', prepared.order, { lane: prepared.caseId, staffId: clerk.staffId })
    expect(await counter.sendJobs([order])).toMatchObject([
      { outcome: 'refused', error: { code: 'job.invalidReference' } },
    ])
  })

  it('refuses an order whose invoices are left out or altered', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('invoiced'))
    const refusedWith = async (invoices: object[]) => {
      const order = counter.job(
        'order.submit',
        { ...prepared.order, orderId: counter.randomCaseId(), invoices },
        { lane: counter.randomCaseId(), staffId: clerk.staffId },
      )
      const [result] = await counter.sendJobs([order])
      return result?.outcome === 'refused' ? result.error.code : result?.outcome
    }
    await counter.sendJobs(prepared.jobsBefore)
    const { invoices } = prepared.order
    expect(invoices).toHaveLength(2)
    expect(await refusedWith([])).toBe('invoice.missing')
    expect(await refusedWith([{ ...invoices[0], amountFen: 1 }, invoices[1]!])).toBe('invoice.differs')
    expect(await refusedWith([...invoices, { ...invoices[0], billId: 'B-none' }])).toBe('invoice.differs')
  })

  it('shows a statement to supervisors and auditors of its two provinces only', async () => {
    const { counter, service } = suite()
    const list = await counter.statements(today(), today())
    expect(list).toMatchObject({ ok: false, error: { code: 'auth.forbidden' } })
    await counter.signIn(auditor.staffId, auditor.password)
    const seen = await counter.statements(today(), today())
    if (!seen.ok) throw new Error(seen.error.code)
    const one = seen.value.statements.find((each) => each.homeProvince !== '51')!
    expect(await counter.statement(one.handlingProvince, one.homeProvince, one.day)).toMatchObject({ ok: true })
    expect(await counter.statement('11', '12', one.day)).toMatchObject({
      ok: false,
      error: { code: 'ledger.notFound' },
    })
    const stranger = await createCounterClient(service.url)
    await stranger.enrol(enrolment.wuhan)
    const far = suite().chengdu
    await far.signIn(chengduSupervisor.staffId, chengduSupervisor.password)
    expect(await far.statement(one.handlingProvince, one.homeProvince, one.day)).toMatchObject({
      ok: false,
      error: { code: 'ledger.notFound' },
    })
    await counter.signIn(clerk.staffId, clerk.password)
  })

  it('exports files that say what the statement says, with amounts as numbers', async () => {
    const { counter } = suite()
    await counter.signIn(supervisor.staffId, supervisor.password)
    const list = await counter.statements(today(), today())
    if (!list.ok) throw new Error(list.error.code)
    const { homeProvince } = list.value.statements.find((one) => one.handlingProvince === '44' && one.closingFen > 0)!
    const read = await counter.statement('44', homeProvince, today())
    if (!read.ok) throw new Error(read.error.code)
    const { statement } = read.value
    for (const [language, balance] of [
      ['zh-CN', '期末应付'],
      ['en', 'Due at closing'],
    ] as const) {
      const csv = await counter.exportStatement('44', homeProvince, today(), 'csv', language)
      const xlsx = await counter.exportStatement('44', homeProvince, today(), 'xlsx', language)
      if (!csv.ok || !xlsx.ok) throw new Error('no file')
      const text = Buffer.from(csv.value.contentBase64, 'base64').toString('utf8')
      expect(text.charCodeAt(0)).toBe(0xfeff)
      const rows = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true }) as string[][]
      const yuan = (amount: number) => (amount / 100).toFixed(2)
      expect(rows.find(([label]) => label === balance)?.[1]).toBe(yuan(statement.closingFen))
      const lines = rows.slice(-statement.lines.length)
      expect(lines.map((row) => row[6])).toEqual(statement.lines.map((line) => yuan(line.amountFen)))
      const sheets = readXlsx(Buffer.from(xlsx.value.contentBase64, 'base64'))
      expect(sheets).toHaveLength(3)
      expect(sheets[0]!.rows.find(([label]) => label === balance)?.[1]).toBe(statement.closingFen / 100)
      expect(sheets[2]!.rows.slice(1).map((row) => row[6])).toEqual(statement.lines.map((line) => line.amountFen / 100))
    }
    await counter.signIn(clerk.staffId, clerk.password)
  })

  it('stands up to its own check', async () => {
    const { look } = suite()
    if (look) expect(await verifyLedger(look.db)).toEqual([])
  })
})
