/** Text safe inside elements and quoted attributes. Everything a person typed goes through here. */
export function escapeHtml(text: string | number): string {
  return String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** A table row; the last cell is right-aligned with tabular figures. Cells are HTML already. */
export function row(cells: readonly string[], className = ''): string {
  const tagged = cells.map((cell, index) => `<td${index === cells.length - 1 ? ' class="amount"' : ''}>${cell}</td>`)
  return `<tr${className ? ` class="${className}"` : ''}>${tagged.join('')}</tr>`
}

/** Term and value pairs; values are text. */
export function facts(pairs: readonly (readonly [string, string | undefined])[]): string {
  return `<dl>${pairs
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([term, value]) => `<div><dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value!)}</dd></div>`)
    .join('')}</dl>`
}

/** A complete page that needs nothing from outside itself. `body` is HTML, `style` CSS. */
export function page(parts: { language: string; title: string; style: string; body: string }): string {
  return `<!doctype html>
<html lang="${escapeHtml(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(parts.title)}</title>
<style>${parts.style}</style>
</head>
<body>
${parts.body}
</body>
</html>
`
}
