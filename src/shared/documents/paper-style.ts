/** Type and rules of every printed paper: black on white, tabular figures, no colour that a printer would lose. */
const common = `
* { box-sizing: border-box; }
body { margin: 0; color: #1d2733; background: #fff; font: 10.5pt/1.5 "Noto Sans SC", "Noto Sans SC Variable", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 16pt; margin: 0 0 2mm; }
h2 { font-size: 11.5pt; margin: 6mm 0 2mm; border-bottom: 0.3mm solid #1d2733; padding-bottom: 0.8mm; }
h3 { font-size: 10.5pt; margin: 3mm 0 1mm; }
p { margin: 0 0 1.5mm; }
dl { margin: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 0.8mm 6mm; }
dl div { display: flex; gap: 3mm; }
dt { color: #5b6775; white-space: nowrap; }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
td { padding: 0.8mm 0; border-bottom: 0.15mm solid #d9d5c9; vertical-align: top; }
td.amount { text-align: right; white-space: nowrap; padding-left: 4mm; }
tr.step td { border: 0; color: #3d4854; font-size: 9.5pt; padding-left: 4mm; }
tr.total td { border-bottom: 0; border-top: 0.4mm solid #1d2733; font-weight: 600; font-size: 12pt; }
.note { font-size: 9pt; color: #3d4854; }
.assumed { border: 0.15mm dashed #5b6775; padding: 0.4mm 1.2mm; font-size: 8.5pt; }
ol { margin: 0; padding-left: 5mm; }
ol li { margin-bottom: 1mm; }
`

export const a4Style = `${common}
@page { size: A4; margin: 16mm 18mm; }
main { max-width: 174mm; margin: 0 auto; padding: 8mm 0; }
section { break-inside: avoid; }
.signature { margin-top: 6mm; break-inside: avoid; }
.signature svg { display: block; width: 80mm; height: 30mm; border-bottom: 0.3mm solid #1d2733; }
.hash { font: 7.5pt/1.4 ui-monospace, Menlo, Consolas, monospace; color: #5b6775; overflow-wrap: anywhere; }
@media print { main { padding: 0; } }
`

/** The receipt: a column as wide as an 80 mm roll prints. A caller that prints on A4 widens it. */
export const receiptStyle = `${common}
body { font-size: 9pt; }
@page { margin: 3mm; }
main { width: 72mm; margin: 0 auto; padding: 2mm 0; }
h1 { font-size: 12pt; text-align: center; }
h2 { font-size: 9.5pt; margin: 3mm 0 1mm; }
dl { grid-template-columns: 1fr; }
dl div { justify-content: space-between; }
dd { text-align: right; }
tr.step td { font-size: 8pt; padding-left: 2mm; }
tr.step .note { font-size: inherit; }
tr.total td { font-size: 10.5pt; }
.state { text-align: center; border: 0.3mm solid #1d2733; padding: 1mm; margin: 2mm 0; font-weight: 600; }
.copy { text-align: center; letter-spacing: 0.5em; font-weight: 600; }
.qr { text-align: center; margin: 3mm 0 1mm; }
.qr svg, .qr img { width: 30mm; height: 30mm; }
.foot { text-align: center; }
`
