import { formatInstant } from '../../../src/shared/domain/calendar.ts'
import { formatMsisdn } from '../../../src/shared/domain/msisdn.ts'
import type { World } from '../bss/world.ts'
import { messagesTo } from '../sms/routes.ts'
import { html } from './html.ts'
import { type Language, page, textsOf } from './layout.ts'

const shownMessages = 100

/** Refreshes the list, not the page, so that typing in the search field is not disturbed. */
const refreshScript = {
  html: `<script>
setInterval(async () => {
  const answer = await fetch(location.href).catch(() => undefined); if (!answer?.ok) return
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#messages')
  const shown = document.querySelector('#messages')
  if (next && next.innerHTML !== shown.innerHTML) shown.replaceWith(next)
}, 3000)</script>`,
}

const replyScript = {
  html: `<script>
document.querySelector('#reply').addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = event.target, fields = Object.fromEntries(new FormData(form))
  const answer = await fetch('/sms/replies', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) })
  const said = await answer.json()
  form.querySelector('output').textContent = said.outcome ?? said.message
})</script>`,
}

/** The phones of the try-out world: what every number received, and a reply from any of them. */
export function smsPage(world: World, to: string | undefined, language: Language): string {
  const t = textsOf(language)
  const messages = messagesTo(world, to, shownMessages)
  const rows = messages.map(
    (message) => html`<tr><td>${formatInstant(message.at)}</td><td>${formatMsisdn(message.to)}</td>
<td><span class="tag used">${message.template}</span></td><td>${message.text}</td></tr>`,
  )
  const replies = world.replies
    .filter((reply) => !to || reply.from.startsWith(to))
    .slice(-20)
    .reverse()
    .map(
      (reply) => html`<tr><td>${formatInstant(reply.at)}</td><td>${formatMsisdn(reply.from)}</td>
<td><span class="tag free">${t.replied}</span></td><td>${reply.text}</td></tr>`,
    )
  const list =
    rows.length === 0
      ? html`<div class="empty">${t.noSms}</div>`
      : html`<table><thead><tr><th>${t.time}</th><th>${t.number}</th><th>${t.purpose}</th><th>${t.text}</th></tr></thead><tbody>${replies}${rows}</tbody></table>`
  const phone = html`<form id="reply"><label>${t.replyFrom}<input name="from" inputmode="numeric" required pattern="1\\d{10}" value="${to?.length === 11 ? to : ''}"></label>
<label>${t.replyText}<input name="text" required maxlength="200" placeholder="TZ123456"></label><button class="act">${t.reply}</button><output class="small" role="status"></output></form>${replyScript}`
  const body = html`<p class="lead">${t.smsLead}</p>${phone}
<form method="get"><input type="hidden" name="lang" value="${language}">
<label>${t.search}<input name="to" inputmode="numeric" value="${to ?? ''}"></label><button class="act main">${t.find}</button></form>
<div class="sheet" id="messages" aria-live="polite">${list}</div>${refreshScript}`
  return page(language, 'sms', t.sms, body)
}
