/** The two papers a counter has: the receipt printer's 80 mm roll, and A4. */
export type PaperSize = 'roll' | 'a4'

/** What A4 changes in the receipt: the whole width, facts in two columns, the type of a letter. */
const a4 = `
:host { font-size: 10.5pt; }
main { width: auto; max-width: 174mm; padding: 12mm; }
h1 { font-size: 16pt; }
h2 { font-size: 11.5pt; margin: 6mm 0 2mm; }
dl { grid-template-columns: 1fr 1fr; }
tr.step td { font-size: 9.5pt; }
tr.total td { font-size: 12pt; }
@media print { main { padding: 0; } }
`

/** Rules for the receipt on a paper. */
export function paperStyle(size: PaperSize): string {
  return size === 'a4' ? a4 : ''
}

let page: CSSStyleSheet | undefined

const rollMarginMm = 3
const millimetresPerPixel = 25.4 / 96

/** Length of roll for a paper that is `heightPixels` high on screen; never shorter than a printer can feed. */
function rollLengthMm(heightPixels: number): number {
  return Math.max(80, Math.ceil(heightPixels * millimetresPerPixel) + 2 * rollMarginMm + 2)
}

/**
 * Tells the printer the paper: A4, or 80 mm wide and just as long as the receipt, so that no roll is wasted. Holds for
 * whatever the window prints next; the answer takes it back.
 */
export function setPageSize(size: PaperSize, heightPixels: number): () => void {
  page ??= new CSSStyleSheet()
  page.replaceSync(
    size === 'a4'
      ? '@page { size: A4; margin: 16mm 18mm; }'
      : `@page { size: 80mm ${rollLengthMm(heightPixels)}mm; margin: ${rollMarginMm}mm 4mm; }`,
  )
  const sheet = page
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((each) => each !== sheet), sheet]
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet)
  }
}
