/** HTML that needs no more escaping. */
export interface Html {
  html: string
}

type Part = Html | string | number | undefined | readonly Html[]

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Tagged template: values are escaped, HTML parts and lists of them are not. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = strings[0]!
  for (const [index, part] of parts.entries()) {
    if (part === undefined) text += ''
    else if (typeof part === 'string' || typeof part === 'number') text += escapeText(String(part))
    else if ('html' in part) text += part.html
    else text += part.map((item) => item.html).join('')
    text += strings[index + 1]!
  }
  return { html: text }
}
