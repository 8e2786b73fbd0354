import type { HandOverView } from '../contract/views.ts'
import { blockerEntry } from '../domain/blocker-catalogue.ts'
import { totalCost } from '../domain/blocker-cost.ts'
import type { ExplainedFinding } from '../domain/blocker-findings.ts'
import { formatInstant } from '../domain/calendar.ts'
import { hotlines } from '../domain/hotlines.ts'
import { maskName } from '../domain/masking.ts'
import { formatYuan } from '../domain/money.ts'
import { formatMsisdn } from '../domain/msisdn.ts'
import { type Language, type Translate, translator } from '../i18n/translate.ts'
import { escapeHtml, facts, page } from './html.ts'
import { receiptStyle } from './paper-style.ts'

/** Remedies are sentences, not figures: they read from the left. */
const noteStyle = `
ol dl div { justify-content: flex-start; }
ol dl dt { flex: 0 0 4em; }
ol dl dd { text-align: left; }
`

interface Wording {
  say: Translate
  language: Language
  view: HandOverView
}

function item(finding: ExplainedFinding, { say, language, view }: Wording): string {
  const entry = blockerEntry(finding.code)
  const zh = language === 'zh-CN'
  const { carrier, homeProvince } = view.case.case.preCheck!.account.number
  const values = {
    province: say(`province.${homeProvince}`),
    carrier: say(`carrier.${carrier}`),
    hotline: hotlines[carrier],
  }
  const where = finding.places.map((place) => say(`finding.place.${place}`, values)).join(say('finding.or'))
  const { cost, deadline } = finding
  const price = cost.kind === 'known' ? formatYuan(cost.fen) : say(`finding.cost.${cost.kind}`)
  const name = entry ? (zh ? entry.zh : entry.en) : say('finding.unknown', { code: finding.code })
  const remedy = entry ? (zh ? entry.remedy.zh : entry.remedy.en) : say('finding.remedyUnknown')
  return `<li><strong>${escapeHtml(name)}</strong>${facts([
    [say('finding.remedy'), remedy],
    [say('finding.owner'), say(`owner.${finding.owner}`)],
    [say('finding.where'), where],
    [say('finding.cost'), price],
    [say('finding.deadline'), deadline],
  ])}</li>`
}

function section(title: string, findings: readonly ExplainedFinding[], wording: Wording): string {
  if (findings.length === 0) return ''
  return `<h2>${escapeHtml(title)}</h2><ol>${findings.map((finding) => item(finding, wording)).join('')}</ol>`
}

/**
 * The note for a customer who must come back: everything that is needed, at once, with one owner and one deadline. For 80 mm
 * rolls and A4. The holder's name is masked; needs a pre-check.
 */
export function buildHandOverNote(parts: { view: HandOverView; language: Language }): string {
  const { view, language } = parts
  const say = translator(language)
  const { case: case_, progress } = view.case
  const { carrier } = case_.preCheck!.account.number
  const wording = { say, language, view }
  const open = progress.findings.filter((finding) => !finding.cleared || finding.effect === 'here')
  const of = (effects: readonly string[]) => open.filter(({ effect }) => effects.includes(effect))
  const { knownFen, unknown } = totalCost(open)
  const name = case_.document?.name
  const body = `<main>
<h1>${escapeHtml(say('finding.note.title'))}</h1>
<p class="state">${escapeHtml(say('finding.note.until'))} ${escapeHtml(view.handOverUntil)}</p>
<p>${escapeHtml(say('finding.note.lead'))}</p>
${facts([
  [say('paper.caseNumber'), case_.caseNumber],
  [say('paper.msisdn'), formatMsisdn(case_.msisdn)],
  [say('paper.name'), name === undefined ? undefined : name.includes('*') ? name : maskName(name)],
  [say('finding.note.by'), `${view.device.storeName} ${case_.clerkName}`],
  [say('finding.note.hotline'), hotlines[carrier]],
  [say('finding.note.bring'), say('finding.note.bringDocument')],
])}
${open.length === 0 ? `<p>${escapeHtml(say('finding.note.nothing'))}</p>` : ''}
${section(say('finding.note.elsewhere'), of(['stops']), wording)}
${section(say('finding.note.store'), of(['decide', 'here']), wording)}
${section(say('finding.note.tellList'), of(['tell']), wording)}
<p class="state">${escapeHtml(say('finding.note.known'))} ${formatYuan(knownFen)}</p>
${unknown > 0 ? `<p>${escapeHtml(say('finding.note.unknown', { count: unknown }))}</p>` : ''}
<p class="foot note">${escapeHtml(say('finding.note.printedAt', { at: formatInstant(view.printedAt) }))}</p>
</main>`
  return page({
    language,
    title: `${say('finding.note.title')} ${case_.caseNumber}`,
    style: `${receiptStyle}${noteStyle}`,
    body,
  })
}
