import type { Asker } from '../domain/asker.ts'
import { formatInstant, type Instant } from '../domain/calendar.ts'
import { type Language, translator } from '../i18n/translate.ts'
import { escapeHtml } from './html.ts'

/** A stroke of the pen: points in CSS pixels, `t` in milliseconds since the first point. */
export type Stroke = readonly { x: number; y: number; t: number }[]

/** The text whose SHA-256 stands for the strokes: points and timing as they were drawn, rounded to tenths of a pixel. */
export function strokesText(strokes: readonly Stroke[]): string {
  const tenth = (value: number) => Math.round(value * 10) / 10
  return JSON.stringify(strokes.map((stroke) => stroke.map(({ x, y, t }) => [tenth(x), tenth(y), Math.round(t)])))
}

/** The strokes as a self-contained drawing, cropped to what was drawn. */
function strokesSvg(strokes: readonly Stroke[], label: string): string {
  const points = strokes.flat()
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const left = Math.floor(Math.min(...xs)) - 4
  const top = Math.floor(Math.min(...ys)) - 4
  const width = Math.ceil(Math.max(...xs)) - left + 4
  const height = Math.ceil(Math.max(...ys)) - top + 4
  const round = (value: number) => Math.round(value * 10) / 10
  const paths = strokes.map((stroke) => {
    const [first, ...rest] = stroke
    const line = rest.map(({ x, y }) => `L${round(x)} ${round(y)}`).join('')
    // A dot is a stroke of one point: a line of no length with round ends draws it.
    return `<path d="M${round(first!.x)} ${round(first!.y)}${line || 'h0'}"/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(label)}" viewBox="${left} ${top} ${width} ${height}" fill="none" stroke="#1d2733" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</svg>`
}

/** The acceptance with the signature under it: what is kept and handed in. `acceptance` is the exact page that was signed. */
export function buildSignedForm(parts: {
  acceptance: string
  documentSha256: string
  strokesSha256: string
  strokes: readonly Stroke[]
  signedAt: Instant
  /** Who signs; the holder unless said otherwise. */
  asker?: Asker
  language: Language
}): string {
  const say = translator(parts.language)
  const { asker = 'holder' } = parts
  const heading =
    asker === 'holder' ? say('paper.signature') : say('paper.signatureOf', { asker: say(`asker.${asker}`) })
  const signature = `<section class="signature"><h2>${escapeHtml(heading)}</h2>
${strokesSvg(parts.strokes, heading)}
<p>${escapeHtml(say('paper.signedAt', { at: formatInstant(parts.signedAt) }))}</p>
<p class="hash">${escapeHtml(say('paper.documentHash'))} ${parts.documentSha256}</p>
<p class="hash">${escapeHtml(say('paper.strokesHash'))} ${parts.strokesSha256}</p></section>
`
  return parts.acceptance.replace('</main>', () => `${signature}</main>`)
}
