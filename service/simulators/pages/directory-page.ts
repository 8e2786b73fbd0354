import { carriers } from '../../../src/shared/domain/geography.ts'
import { formatMsisdn } from '../../../src/shared/domain/msisdn.ts'
import { translate } from '../../../src/shared/i18n/translate.ts'
import { blockerCircumstances } from '../base/blocker-circumstances.ts'
import { allPlaces, placeOf } from '../base/places.ts'
import { scenarios } from '../base/scenarios.ts'
import type { World } from '../bss/world.ts'
import { type DirectoryEntry, type DirectoryQuery, findEntries } from './directory-entries.ts'
import { type Html, html } from './html.ts'
import { type Language, page, type Texts, textsOf } from './layout.ts'

/** How many people of a scenario the front page shows. */
const perScenario = 2

const copyScript = {
  html: `<script>
addEventListener('click', async (event) => {
  const stand = event.target.closest('.stand')
  if (stand) {
    await fetch('/control', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ counter: { person: stand.dataset.person } }) })
    stand.textContent = '✓'
    return
  }
  const solve = event.target.closest('.solve')
  if (solve) {
    await fetch('/lines/' + solve.dataset.line + '/findings/' + solve.dataset.code, { method: 'DELETE' })
    return location.reload()
  }
  const button = event.target.closest('.copy'); if (!button) return
  await navigator.clipboard.writeText(button.dataset.text)
  const text = button.textContent; button.textContent = document.body.dataset.copied ?? '✓'
  setTimeout(() => { button.textContent = text }, 700)
})</script>`,
}

/** People by scenario, or what a search finds. */
export function directoryPage(world: World, query: DirectoryQuery, language: Language): string {
  const t = textsOf(language)
  const searching = Boolean(query.msisdn || query.province || query.carrier || query.scenario)
  const body = html`<p class="lead">${t.directoryLead}</p>${searchForm(query, language, t)}
${
  searching
    ? found(world, query, language, t)
    : [...scenarios.map((scenario) => scenarioSection(world, scenario, language, t)), blockerIndex(world, language, t)]
}
${copyScript}`
  return page(language, 'directory', t.directory, body)
}

function searchForm(query: DirectoryQuery, language: Language, t: Texts): Html {
  const option = (value: string, label: string, chosen: string | undefined): Html =>
    html`<option value="${value}"${value === chosen ? { html: ' selected' } : ''}>${label}</option>`
  return html`<form method="get"><input type="hidden" name="lang" value="${language}">
<label>${t.search}<input name="msisdn" inputmode="numeric" autofocus value="${query.msisdn ?? ''}"></label>
<label>${t.home}<select name="province"><option value="">${t.anyProvince}</option>${allPlaces.map((place) => option(place.code, place[language], query.province))}</select></label>
<label>&nbsp;<select name="carrier" aria-label="${t.anyCarrier}"><option value="">${t.anyCarrier}</option>${carriers.map((carrier) => option(carrier, carrier, query.carrier))}</select></label>
<button class="act main">${t.find}</button></form>`
}

function found(world: World, query: DirectoryQuery, language: Language, t: Texts): Html {
  const entries = findEntries(world, query)
  if (entries.length === 0) return html`<div class="sheet empty">${t.nothing}</div>`
  return html`<h2>${t.found} · ${entries.length}</h2>${entryTable(entries, language, t)}`
}

function scenarioSection(world: World, scenario: (typeof scenarios)[number], language: Language, t: Texts): Html {
  const entries = findEntries(world, { scenario: scenario.name, limit: perScenario })
  if (entries.length === 0) return html``
  return html`<h2>${scenario[language]}</h2><p class="lead">${scenario.expect[language]}
 · <a class="small" href="?lang=${language}&amp;scenario=${scenario.name}">${t.showAll}</a></p>${entryTable(entries, language, t)}`
}

/** Every coded blocker by name, with one number in it, and combinations; the name leads to the others. */
function blockerIndex(world: World, language: Language, t: Texts): Html {
  const rows = blockerCircumstances.map((circumstance) => {
    const [entry] = findEntries(world, { scenario: circumstance.name, limit: 1 })
    const number = entry ? copyable(entry.msisdn, formatMsisdn(entry.msisdn)) : html`—`
    return html`<tr><td><a href="?lang=${language}&amp;scenario=${circumstance.name}">${circumstance[language]}</a></td>
<td>${number}</td><td class="small">${circumstance.expect[language]}</td></tr>`
  })
  return html`<h2 id="blockers">${t.blockers}</h2><p class="lead">${t.blockersLead}</p><div class="sheet"><table class="people">
<thead><tr><th>${t.circumstance}</th><th>${t.number}</th><th>${t.expected}</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

function entryTable(entries: readonly DirectoryEntry[], language: Language, t: Texts): Html {
  return html`<div class="sheet"><table class="people"><thead><tr><th></th><th>${t.number}</th><th>${t.holder}</th><th>${t.document}</th>
<th>${t.validity}</th><th>${t.password}</th><th>${t.oftenCalled}</th><th>${t.state}</th></tr></thead>
<tbody>${entries.map((entry) => entryRow(entry, language, t))}</tbody></table></div>`
}

function copyable(text: string, shown = text): Html {
  return html`<button class="copy" type="button" data-text="${text}">${shown}</button>`
}

function entryRow(entry: DirectoryEntry, language: Language, t: Texts): Html {
  const { person } = entry
  const ported = entry.carrier === entry.prefixCarrier ? '' : ` (${entry.prefixCarrier} →)`
  const place = placeOf(entry.province)
  const home = place.zh === entry.city ? place[language] : `${place[language]} ${entry.city}`
  return html`<tr><td><img class="face" src="/portraits/${person.id}.png" alt="" loading="lazy"></td>
<td>${copyable(entry.msisdn, formatMsisdn(entry.msisdn))}<div class="small">${home} · ${entry.carrier}${ported}</div></td>
<td>${copyable(person.name)}<div class="small">${person.id}</div></td>
<td>${copyable(person.identificationId)}<div class="small">${t.documentTypes[person.identificationType]} · ${person.issuingAuthority}</div></td>
<td>${person.validFrom ?? '—'}<br>${person.validTo ?? t.forever}</td>
<td>${copyable(entry.servicePassword)}</td>
<td class="small">${entry.oftenCalledNumbers.slice(0, 3).map((number) => html`${copyable(number)}<br>`)}</td>
<td>${entry.available ? html`<span class="tag free">${t.free}</span>` : html`<span class="tag used">${t.used}</span>`}<div class="small">${t.states[entry.state]}</div>${entry.findings.map(
    (code) =>
      html`<button class="act small solve" type="button" data-line="${entry.msisdn}" data-code="${code}">${t.solved} ${code}</button>`,
  )}</td></tr>${entry.actors.map((actor) => actorRow(actor, language, t))}`
}

function actorRow({ asker, relation, person }: DirectoryEntry['actors'][number], language: Language, t: Texts): Html {
  return html`<tr><td><img class="face" src="/portraits/${person.id}.png" alt="" loading="lazy"></td>
<td>↳ ${translate(language === 'zh' ? 'zh-CN' : 'en', `asker.${asker}`)}<div class="small">${relation}</div></td>
<td>${copyable(person.name)}<div class="small">${person.id}</div></td>
<td>${copyable(person.identificationId)}<div class="small">${t.documentTypes[person.identificationType]} · ${person.issuingAuthority}</div></td>
<td>${person.validFrom ?? '—'}<br>${person.validTo ?? t.forever}</td>
<td colspan="3"><button class="act stand" type="button" data-person="${person.id}">${t.stand}</button></td></tr>`
}
