import type { HomeAccount } from '../domain/account.ts'
import { blockerEntry } from '../domain/blocker-catalogue.ts'
import { addDays, type ShanghaiDate } from '../domain/calendar.ts'
import type { Case } from '../domain/case.ts'
import type { CaseProgress } from '../domain/case-progress.ts'
import { maskIdentification } from '../domain/masking.ts'
import { fen, formatYuan } from '../domain/money.ts'
import { formatMsisdn } from '../domain/msisdn.ts'
import { portraitToRepair } from '../domain/proof-level.ts'
import type { EffectiveRules } from '../domain/rules/resolve-rules.ts'
import { workingDaysAfter } from '../domain/working-days.ts'
import { type Language, type Translate, translator } from '../i18n/translate.ts'
import type { Device } from '../protocol/device.ts'
import { escapeHtml, facts, page } from './html.ts'
import { a4Style } from './paper-style.ts'
import { codeName, invoiceLines, settlementTable } from './settlement-table.ts'

export interface AcceptanceParts {
  case: Case
  progress: CaseProgress
  device: Device
  /** The rules of the case on that day. */
  rules: Pick<EffectiveRules, 'lateFee' | 'deadlines'>
  /** Day of the figures, Asia/Shanghai. */
  date: ShanghaiDate
  language: Language
}

function agreementsSection({ case: case_, progress, language }: AcceptanceParts, say: Translate): string {
  const agreements = case_.preCheck?.account.agreements ?? []
  if (agreements.length === 0) return `<p>${escapeHtml(say('paper.noAgreements'))}</p>`
  const items = agreements.map((agreement) => {
    const quoted = progress.quotes.find(({ agreementId }) => agreementId === agreement.id)
    const choice = case_.choices.find(({ agreementId }) => agreementId === agreement.id)
    const { startDate, endDate } = agreement.agreementPeriod
    const waived = quoted && quoted.waivedFen > 0 ? say('paper.waived', { amount: formatYuan(quoted.waivedFen) }) : ''
    const devices =
      agreement.devices.length > 0
        ? say('paper.devices', { returned: choice?.devicesReturned ?? 0, total: agreement.devices.length })
        : ''
    return `<li><strong>${escapeHtml(agreement.name)}</strong> (${escapeHtml(
      say(`agreementType.${agreement.agreementType}`),
    )}, ${startDate} – ${endDate}). ${escapeHtml(
      say('paper.terminatedFor', { amount: formatYuan(quoted?.quote?.amountFen ?? fen(0)) }),
    )} ${escapeHtml([waived, devices].filter(Boolean).join(language === 'zh-CN' ? '' : ' '))}</li>`
  })
  return `<ol>${items.join('')}</ol>`
}

function findingsSection({ case: case_, language }: AcceptanceParts, say: Translate): string {
  if (case_.acknowledgements.length === 0) return ''
  const items = case_.acknowledgements.map(({ code }) => {
    const entry = blockerEntry(code)
    return `<li>${escapeHtml(entry ? (language === 'zh-CN' ? entry.zh : entry.en) : code)}</li>`
  })
  return `<section><h2>${escapeHtml(say('paper.findings'))}</h2><ol>${items.join('')}</ol></section>`
}

/** How soon a way pays, as a date where the line to end today; what puts it off; and whether that year's holidays are known. */
function refundWhen(workingDays: number, { date, language }: AcceptanceParts, say: Translate): string {
  if (workingDays === 0) return say('case.settlement.days0')
  const { on, holidays, assumed } = workingDaysAfter(date, workingDays)
  const zh = language === 'zh-CN'
  const names = new Intl.ListFormat(language).format(holidays.map((holiday) => (zh ? holiday.zh : holiday.en)))
  return [
    say('paper.refundWithin', { days: workingDays, day: on }),
    ...(holidays.length > 0 ? [say('case.settlement.holidays', { names })] : []),
    ...(assumed ? [say('case.settlement.holidaysAssumed')] : []),
  ].join(zh ? '；' : '; ')
}

/** On what condition and how soon the chosen way pays, with its assumption. */
function refundCondition(parts: AcceptanceParts, say: Translate): string {
  const { case: case_, progress, language } = parts
  const rule = progress.moneyBack?.options.find((option) => option.rule.route === case_.refund?.route)?.rule
  if (!rule) return ''
  const words = language === 'zh-CN' ? 'zh' : 'en'
  const when = refundWhen(rule.workingDays, parts, say)
  const sentence = say('paper.refundCondition', { condition: rule.condition[words], when })
  const assumed = rule.assumed ? ` <span class="assumed">${escapeHtml(say('paper.assumed'))}</span>` : ''
  return `<p class="note">${escapeHtml(sentence)}${assumed}</p>`
}

function moneySection(parts: AcceptanceParts, say: Translate): string {
  const { case: case_, progress, rules, language } = parts
  const settlement = progress.settlement!
  const { refund } = case_
  const refundLine =
    refund && settlement.refundableFen > 0
      ? `<p>${escapeHtml(
          say('paper.refundTo', {
            route: say(`refundRoute.${refund.route}`),
            account: refund.account ? maskIdentification(refund.account) : '',
            name: refund.holderName,
          }),
        )}</p>`
      : ''
  const condition = refundLine === '' ? '' : refundCondition(parts, say)
  return `<section><h2>${escapeHtml(say('paper.settlement'))}</h2>${settlementTable({
    settlement,
    quotes: progress.quotes.flatMap(({ quote }) => (quote ? [quote] : [])),
    lateFee: rules.lateFee,
    language,
    say,
    explained: true,
  })}${refundLine}${condition}${invoiceLines(case_, say)}</section>`
}

/** Who acts for the holder, by which right, and with which document; nothing where the holder asks. */
function askerLine({ asker }: Case, say: Translate): string | undefined {
  if (!asker || asker.kind === 'holder') return undefined
  const { document, relation } = asker
  const role = relation ? `${say(`asker.${asker.kind}`)} (${relation})` : say(`asker.${asker.kind}`)
  if (!document) return role
  const number = `${say(`documentType.${document.identificationType}`)} ${maskIdentification(document.identificationId)}`
  return `${role} · ${document.name} · ${number}`
}

/** What the one who signs confirms to be, by who asks. */
function whoConfirms(case_: Case, say: Translate): string {
  const kind = case_.asker?.kind ?? 'holder'
  return say(kind === 'holder' ? 'paper.confirm.holder' : `paper.confirm.${kind}`, { name: case_.document?.name ?? '' })
}

/** How much of gifts and points is lost, where there is any: the customer may want to spend them first. */
function lostFigures({ buckets, points }: HomeAccount, say: Translate): string[] {
  const gifts = buckets.filter(({ kind }) => kind === 'gift').reduce((sum, { remainingFen }) => sum + remainingFen, 0)
  return gifts > 0 || points > 0 ? [say('paper.confirm.lost', { gifts: formatYuan(fen(gifts)), points })] : []
}

/** Until when the home province has to finish; as a date only where it is counted from today, and not from the end of a cooling-off period. */
function deadlineSentence({ progress, rules, date }: AcceptanceParts, say: Translate): string {
  const { days } = rules.deadlines.finish
  return progress.risk.coolingOffHours > 0
    ? say('paper.confirm.deadline', { days })
    : say('paper.confirm.deadlineBy', { days, day: addDays(date, days) })
}

function confirmations(parts: AcceptanceParts, say: Translate): string {
  const { case: case_, progress, rules } = parts
  const { account } = case_.preCheck!
  const settlement = progress.settlement!
  const penalty = progress.quotes.reduce((sum, { quote, waivedFen }) => sum + (quote?.amountFen ?? 0) - waivedFen, 0)
  const lines = [
    whoConfirms(case_, say),
    ...(case_.proof && portraitToRepair(case_.proof) ? [say('paper.portraitToRepair')] : []),
    say('paper.confirm.cancel'),
    say('paper.confirm.figures'),
    say('paper.confirm.limits', {
      penalty: formatYuan(fen(penalty)),
      payable: formatYuan(settlement.payableFen),
    }),
    say('paper.confirm.gifts'),
    ...lostFigures(account, say),
    say('paper.confirm.unbind'),
    deadlineSentence(parts, say),
    say('paper.confirm.reuse', { days: rules.deadlines.quarantine.days }),
    say('paper.confirm.data'),
  ]
  return `<section><h2>${escapeHtml(say('paper.confirms'))}</h2><ol>${lines
    .map((line) => `<li>${escapeHtml(line)}</li>`)
    .join('')}</ol></section>`
}

/**
 * The acceptance as the holder reads and signs it: a complete A4 page. Pure and repeatable: the same case on the same day
 * gives the same text, so that its hash says whether anything the holder signed has changed. The document number is
 * masked, because the home province has it; every figure comes with its derivation. Needs a settlement in `progress`.
 */
export function buildAcceptance(parts: AcceptanceParts): string {
  const { case: case_, device, language, date } = parts
  const say = translator(language)
  const account = case_.preCheck!.account
  const body = `<main>
<header><h1>${escapeHtml(say('paper.acceptance'))}</h1>
${facts([
  [say('paper.caseNumber'), case_.caseNumber],
  [say('paper.date'), date],
  [say('paper.store'), `${device.storeName} · ${device.deviceName}`],
  [say('paper.clerk'), `${case_.clerkName} (${case_.createdBy})`],
])}</header>
<section><h2>${escapeHtml(say('paper.holder'))}</h2>
${facts([
  [say('paper.name'), case_.document?.name],
  [
    case_.document ? say(`documentType.${case_.document.identificationType}`) : '',
    case_.document && maskIdentification(case_.document.identificationId),
  ],
  [say('paper.asker'), askerLine(case_, say)],
  [say('paper.contact'), case_.contact && `${case_.contact.name} ${formatMsisdn(case_.contact.phone)}`],
  [say('paper.reason'), case_.disconnectReason && codeName(say, 'disconnectReason', case_.disconnectReason)],
])}</section>
<section><h2>${escapeHtml(say('paper.number'))}</h2>
${facts([
  [say('paper.msisdn'), formatMsisdn(case_.msisdn)],
  [
    say('paper.home'),
    `${say(`province.${account.number.homeProvince}`)} · ${say(`carrier.${account.number.carrier}`)} · ${account.city}`,
  ],
  [say('paper.product'), account.productName],
  [say('paper.openedOn'), account.openedOn],
])}</section>
<section><h2>${escapeHtml(say('paper.agreements'))}</h2>${agreementsSection(parts, say)}</section>
${moneySection(parts, say)}
${findingsSection(parts, say)}
${confirmations(parts, say)}
</main>`
  return page({ language, title: `${say('paper.acceptance')} ${case_.caseNumber}`, style: a4Style, body })
}
