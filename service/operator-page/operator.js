/**
 * The operator's page: asks for the picture every few seconds and shows it. A browser runs this very file, so its types stand in comments.
 * @typedef {import('../src/operation/operation-server.ts').Picture} Picture
 * @typedef {{ data: { labels: string[], datasets: { data: number[], label: string }[] }, update(mode?: string): void }} BarChart
 */

/** @type {new (canvas: HTMLCanvasElement, config: object) => BarChart} */
const Chart = Reflect.get(window, 'Chart')

const refreshMs = 5_000
const tokenKey = 'counterfoil.operator.token'
const languageKey = 'counterfoil.operator.language'

const arrived = new URLSearchParams(location.hash.slice(1)).get('token')
if (arrived) {
  sessionStorage.setItem(tokenKey, arrived)
  // The token must not stay in the address, where a screenshot or a bookmark would carry it.
  history.replaceState(null, '', location.pathname)
}
const main = /** @type {HTMLElement} */ (document.querySelector('main'))
const token = sessionStorage.getItem(tokenKey) ?? ''

let language = localStorage.getItem(languageKey) ?? (/^en\b/i.test(navigator.language) ? 'en' : 'zh-CN')
/** @type {Record<string, string>} */
let words = {}
/** @type {Picture | undefined} */
let picture
let province = ''

/** @param {string} id */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id))
/** @param {string} key @param {Record<string, string | number>} [params] */
const say = (key, params = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole))

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 90) return say('seconds', { n: Math.round(seconds) })
  if (seconds < 5_400) return say('minutes', { n: Math.round(seconds / 60) })
  if (seconds < 172_800) return say('hours', { n: Math.round(seconds / 3600) })
  return say('days', { n: Math.round(seconds / 86_400) })
}

/** @param {number} at UTC milliseconds */
function clockTime(at) {
  return new Date(at).toLocaleTimeString(language, { hourCycle: 'h23', timeZone: 'Asia/Shanghai' })
}

/** @param {string} name @param {string} text @param {string} [className] */
function element(name, text, className = '') {
  const made = document.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}

/** @param {Picture['overview']} overview @param {string[]} renewals */
function numbersIn(overview, renewals) {
  return overview.numbers.reduce((sum, { renewal, count }) => sum + (renewals.includes(renewal) ? count : 0), 0)
}

/** @param {Picture} picture */
function showFigures({ overview }) {
  const open = overview.waiting.reduce((sum, { count }) => sum + count, 0)
  const oldest = Math.max(0, ...overview.waiting.map(({ oldestSeconds }) => oldestSeconds))
  const hourAgo = overview.at - 3_600_000
  /** @type {[string, string, boolean][]} */
  const figures = [
    ['open', String(open), false],
    ['oldest', open ? duration(oldest) : '–', oldest > 86_400],
    [
      'lastHour',
      String(overview.acceptedPerHour.filter(({ hour }) => hour > hourAgo).reduce((sum, { count }) => sum + count, 0)),
      false,
    ],
    ['queue', String(overview.queues.reduce((sum, { waiting }) => sum + waiting, 0)), false],
    ['messages', String(overview.unsentMessages), overview.unsentMessages > 0],
    ['gaps', String(overview.jobGaps), overview.jobGaps > 0],
    ['refunds', String(overview.refundsOut.count), overview.refundsOut.oldestSeconds > 86_400],
    ['resting', String(numbersIn(overview, ['resting'])), false],
    ['renewing', String(numbersIn(overview, ['due', 'batched'])), false],
    ['held', String(numbersIn(overview, ['held'])), numbersIn(overview, ['held']) > 0],
  ]
  $('figures').replaceChildren(
    ...figures.map(([word, value, waits]) => {
      const box = document.createElement('div')
      box.append(element('dt', say(word)), element('dd', value, waits ? 'waits' : ''))
      return box
    }),
  )
}

/** @param {Picture} picture */
function showProvinces({ overview, openStages }) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const row of overview.orders)
    if (openStages.includes(row.stage)) counts.set(row.province, (counts.get(row.province) ?? 0) + row.count)
  const most = Math.max(1, ...counts.values())
  const codes = Object.keys(words)
    .filter((key) => key.startsWith('province.'))
    .map((key) => key.slice('province.'.length))
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.code : undefined
  /** @param {string} code @param {string} label @param {number} count @param {number} share */
  const button = (code, label, count, share) => {
    const made = document.createElement('button')
    made.type = 'button'
    made.dataset.code = code
    made.setAttribute('aria-pressed', String(province === code))
    made.style.setProperty('--share', String(share))
    made.append(element('span', label), element('b', String(count)))
    made.addEventListener('click', () => {
      province = code
      show()
      // The longest waiting of one province need not be among the country's.
      void take()
    })
    return made
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  $('provinces').replaceChildren(
    button('', say('all'), total, 0),
    ...codes.map((code) =>
      button(code, say(`province.${code}`), counts.get(code) ?? 0, (counts.get(code) ?? 0) / most),
    ),
  )
  if (focused !== undefined)
    for (const made of $('provinces').children)
      if (made instanceof HTMLElement && made.dataset.code === focused) made.focus()
}

/** @type {Map<string, BarChart>} */
const charts = new Map()

/** @param {string} id @param {string} title @param {string[]} labels @param {number[]} data @param {boolean} sideways */
function drawBars(id, title, labels, data, sideways) {
  const canvas = /** @type {HTMLCanvasElement} */ ($(id))
  canvas.setAttribute('aria-label', `${title}: ${labels.map((label, index) => `${label} ${data[index]}`).join(', ')}`)
  const drawn = charts.get(id)
  if (drawn) {
    drawn.data.labels = labels
    drawn.data.datasets = [{ ...drawn.data.datasets[0], data, label: title }]
    drawn.update('none')
    return
  }
  const whole = { beginAtZero: true, ticks: { precision: 0 }, grid: { color: '#e4e1d8' } }
  const plain = { grid: { display: false } }
  charts.set(
    id,
    new Chart(canvas, {
      type: 'bar',
      data: { labels, datasets: [{ label: title, data, backgroundColor: '#0f5c6e', borderRadius: 3 }] },
      options: {
        indexAxis: sideways ? 'y' : 'x',
        animation: false,
        maintainAspectRatio: false,
        plugins: { legend: { display: false } },
        scales: sideways ? { x: whole, y: plain } : { x: plain, y: whole },
      },
    }),
  )
}

/** @param {Picture} picture */
function showCharts({ overview, openStages }) {
  const stages = openStages.map((stage) => ({
    stage,
    count: overview.orders.reduce(
      (sum, row) => sum + (row.stage === stage && (!province || row.province === province) ? row.count : 0),
      0,
    ),
  }))
  const title = say('byStage', { where: province ? say(`province.${province}`) : say('all') })
  $('stages-title').textContent = title
  drawBars(
    'stages',
    title,
    stages.map(({ stage }) => say(`orderStage.${stage}`)),
    stages.map(({ count }) => count),
    true,
  )
  const hourMs = 3_600_000
  const now = Math.floor(overview.at / hourMs) * hourMs
  const hours = Array.from({ length: 24 }, (_, index) => now - (23 - index) * hourMs)
  /** @param {number} at */
  const hourLabel = (at) =>
    new Date(at).toLocaleTimeString(language, {
      hour: '2-digit',
      minute: '2-digit',
      // Without this midnight is hour 24 in some languages.
      hourCycle: 'h23',
      timeZone: 'Asia/Shanghai',
    })
  drawBars(
    'hours',
    say('perHour'),
    hours.map(hourLabel),
    hours.map((hour) => overview.acceptedPerHour.find((row) => row.hour === hour)?.count ?? 0),
    false,
  )
}

/** @param {string} text @param {string} className */
function heading(text, className) {
  const made = element('th', text, className)
  made.setAttribute('scope', 'col')
  return made
}

/** @param {string} id @param {string[]} columns @param {(string | HTMLElement)[][]} rows @param {number[]} numeric columns set to the right */
function fillTable(id, columns, rows, numeric) {
  const head = document.createElement('tr')
  head.append(...columns.map((word, index) => heading(say(word), numeric.includes(index) ? 'number' : '')))
  const lines = rows.map((cells) => {
    const line = document.createElement('tr')
    line.append(
      ...cells.map((cell, index) => {
        const made = element('td', typeof cell === 'string' ? cell : '', numeric.includes(index) ? 'number' : '')
        if (typeof cell !== 'string') made.append(cell)
        return made
      }),
    )
    return line
  })
  const none = document.createElement('tr')
  none.append(element('td', say('none')))
  $(id).replaceChildren(head, ...(lines.length > 0 ? lines : [none]))
}

/** @param {string} target */
function systemName(target) {
  const [port, carrier, home] = target.split(':')
  return port === 'bss' && carrier && home
    ? `${say(`province.${home}`)} · ${say(`carrier.${carrier}`)}`
    : (words[`system.${target}`] ?? target)
}

/** @param {Picture} picture */
function showTables({ overview, breakers }) {
  fillTable(
    'longest',
    ['caseNumber', 'province', 'carrier', 'stage', 'waited', 'attempts', 'deadline'],
    overview.longest
      .filter((row) => !province || row.province === province)
      .map((row) => [
        row.caseNumber,
        say(`province.${row.province}`),
        say(`carrier.${row.carrier}`),
        say(`orderStage.${row.stage}`),
        duration(row.waitedSeconds),
        String(row.attempts),
        row.deadline,
      ]),
    [4, 5],
  )
  /** @param {string} state */
  const rest = (state) => (state === 'open' ? 0 : state === 'halfOpen' ? 1 : 2)
  const seen = new Map(overview.systems.map((row) => [row.target, row]))
  for (const { target } of breakers)
    if (!seen.has(target)) seen.set(target, { target, calls: 0, failed: 0, medianMs: 0 })
  /** @param {string} target */
  const stateOf = (target) => breakers.find((one) => one.target === target)?.state ?? 'closed'
  /** A system that is still asked but does not answer is not well. @param {{ target: string, calls: number, failed: number }} row */
  const wordOf = ({ target, calls, failed }) => {
    const state = stateOf(target)
    if (state !== 'closed' || failed === 0) return state
    return failed === calls ? 'allFail' : 'someFail'
  }
  fillTable(
    'systems',
    ['target', 'breaker', 'calls', 'failed', 'median'],
    [...seen.values()]
      .filter(({ target }) => !province || target.endsWith(`:${province}`))
      .sort((a, b) => rest(stateOf(a.target)) - rest(stateOf(b.target)) || b.failed - a.failed || b.calls - a.calls)
      .map(({ target, calls, failed, medianMs }) => [
        systemName(target),
        element(
          'span',
          say(`breaker.${wordOf({ target, calls, failed })}`),
          `tag ${wordOf({ target, calls, failed })}`,
        ),
        String(calls),
        String(failed),
        calls > 0 ? `${Math.round(medianMs)} ms` : '–',
      ]),
    [2, 3, 4],
  )
}

function show() {
  document.documentElement.lang = language
  document.title = `${say('title')} · Counterfoil`
  for (const spot of document.querySelectorAll('[data-word]'))
    if (spot instanceof HTMLElement) spot.textContent = say(spot.dataset.word ?? '')
  $('language').textContent = say('other')
  $('language').lang = language === 'en' ? 'zh-CN' : 'en'
  if (!picture) return
  showFigures(picture)
  showProvinces(picture)
  showCharts(picture)
  showTables(picture)
  main.hidden = false
}

function deny() {
  main.hidden = true
  $('denied').hidden = false
  $('denied').textContent = say('denied')
}

/** A canvas draws with what is loaded at that moment and asks for nothing itself, so the font's slices are asked for first. */
async function readyFont() {
  const { fontFamily } = getComputedStyle(document.body)
  Reflect.get(Chart, 'defaults').font.family = fontFamily
  await document.fonts.load(`12px ${fontFamily}`, Object.values(words).join('')).catch(() => undefined)
}

async function learnWords() {
  words = await (await fetch(`/operator/words.json?language=${language}`)).json()
  await readyFont()
}

/** Takes one picture of the province chosen; false when the token is wrong. */
async function take() {
  const wanted = province
  try {
    const narrowed = wanted ? `?province=${wanted}` : ''
    const answer = await fetch(`/operator/picture.json${narrowed}`, { headers: { authorization: `Bearer ${token}` } })
    if (answer.status === 401) {
      deny()
      return false
    }
    if (!answer.ok) throw new Error(String(answer.status))
    const latest = /** @type {Picture} */ (await answer.json())
    // Another province was chosen meanwhile, and its picture is on the way.
    if (wanted !== province) return true
    picture = latest
    show()
    $('as-of').textContent = say('asOf', { time: clockTime(latest.overview.at) })
    $('as-of').className = ''
  } catch {
    $('as-of').textContent = say('stale', { time: picture ? clockTime(picture.overview.at) : '–' })
    $('as-of').className = 'stale'
  }
  return true
}

async function refresh() {
  if (await take()) setTimeout(refresh, refreshMs)
}

$('language').addEventListener('click', async () => {
  language = language === 'en' ? 'zh-CN' : 'en'
  localStorage.setItem(languageKey, language)
  await learnWords()
  show()
})
await learnWords()
show()
await refresh()
