import { carriers } from '../../../src/shared/domain/geography.ts'
import { allPlaces } from '../base/places.ts'
import type { ControlState } from '../faults/settings.ts'
import { type Html, html } from './html.ts'
import { type Language, page, type Texts, textsOf } from './layout.ts'

/** Sends changes as JSON and shows the page anew. */
const script = {
  html: `<script>
const send = async (change) => {
  const answer = await fetch('/control', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(change) })
  if (answer.ok) location.reload(); else alert((await answer.json()).message)
}
addEventListener('click', (event) => {
  const change = event.target.closest('[data-change]')?.dataset.change
  if (change) send(JSON.parse(change))
})
document.querySelector('#counter').addEventListener('submit', (event) => {
  event.preventDefault(); const f = new FormData(event.target)
  send({ counter: { person: f.get('person').trim() || 'auto', blurred: f.has('blurred') } })
})
document.querySelector('#faults').addEventListener('submit', (event) => {
  event.preventDefault(); const f = new FormData(event.target); const faults = {}
  for (const name of ['latencyMs', 'jitterMs', 'errorRate', 'hangRate', 'malformedRate', 'answerLostRate'])
    if (f.get(name) !== '') faults[name] = Number(f.get(name))
  if (f.has('down')) faults.down = true
  let target = f.get('port')
  if (target === 'bss' && f.get('province')) target += ':' + (f.get('carrier') || '*') + ':' + f.get('province')
  else if (target === 'bss' && f.get('carrier')) target += ':' + f.get('carrier')
  send({ targets: { [target]: faults } })
})</script>`,
}

/** Pace, faults and the person at the counter, adjustable while everything runs. */
export function controlPage(state: ControlState, atCounter: string, language: Language): string {
  const t = textsOf(language)
  const body = html`<p class="lead">${t.controlLead}</p>
<h2>${t.pace}</h2><p class="lead">${t.paceNow}: × ${state.reviewFactor}</p>
<form>${changeButton(t.atOnce, { reviewFactor: 0 })}${changeButton(t.normal, { reviewFactor: 1 })}${changeButton(t.slow, { reviewFactor: 10 })}</form>
<div class="perforated"></div><h2>${t.counterTitle}</h2><p class="lead">${t.counterLead}</p>
<form id="counter"><label>${atCounter || t.auto}<input name="person" value="${state.counter.person}"></label>
<label class="row"><input type="checkbox" name="blurred"${state.counter.blurred ? { html: ' checked' } : ''}>${t.blurred}</label>
<button class="act main">${t.apply}</button>${changeButton(t.auto, { counter: { person: 'auto', blurred: false } })}</form>
<div class="perforated"></div><h2>${t.faults}</h2>${faultsForm(language, t)}${faultsTable(state, t)}${script}`
  return page(language, 'control', t.control, body)
}

function changeButton(label: string, change: object): Html {
  return html`<button class="act" type="button" data-change="${JSON.stringify(change)}">${label}</button>`
}

function faultsForm(language: Language, t: Texts): Html {
  const rate = (name: string, label: string): Html =>
    html`<label>${label}<input type="number" name="${name}" min="0" max="1" step="0.05"></label>`
  const milliseconds = (name: string, label: string): Html =>
    html`<label>${label}<input type="number" name="${name}" min="0" step="50"></label>`
  return html`<form id="faults"><label>${t.target}<select name="port"><option value="bss">${t.PORT_bss}</option><option value="sms">${t.PORT_sms}</option><option value="face">${t.PORT_face}</option><option value="capture">${t.PORT_capture}</option></select></label>
<label>&nbsp;<select name="carrier" aria-label="${t.anyCarrier}"><option value="">${t.anyCarrier}</option>${carriers.map((c) => html`<option>${c}</option>`)}</select></label>
<label>&nbsp;<select name="province" aria-label="${t.anyProvince}"><option value="">${t.anyProvince}</option>${allPlaces.map((p) => html`<option value="${p.code}">${p[language]}</option>`)}</select></label>
${milliseconds('latencyMs', t.latency)}${milliseconds('jitterMs', t.jitter)}${rate('errorRate', t.errorRate)}${rate('hangRate', t.hangRate)}${rate('malformedRate', t.malformedRate)}${rate('answerLostRate', t.answerLostRate)}
<label class="row"><input type="checkbox" name="down">${t.down}</label><button class="act main">${t.apply}</button></form>`
}

function faultsTable(state: ControlState, t: Texts): Html {
  const entries = Object.entries(state.targets)
  if (entries.length === 0) return html`<div class="sheet empty">${t.none}</div>`
  const rows = entries.map(
    ([target, faults]) =>
      html`<tr><td>${target}</td><td>${JSON.stringify(faults)}</td><td>${changeButton(t.clear, { targets: { [target]: null } })}</td></tr>`,
  )
  return html`<div class="sheet"><table><tbody>${rows}</tbody></table></div>`
}
