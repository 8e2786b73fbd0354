/** The paper's own policy forbids everything; in this window it may also use the window's fonts. */
export function allowFonts(html: string): string {
  return html.replace("default-src 'none'", "default-src 'none'; font-src 'self' data:")
}

/**
 * Gives a framed paper the fonts of the page, so that it reads the same on a machine without Chinese fonts. The paper
 * whose hash is signed is not touched: only how this window draws it.
 */
export function lendFonts(frame: HTMLIFrameElement): void {
  const inside = frame.contentDocument
  if (!inside?.head) return
  const faces: string[] = []
  for (const sheet of document.styleSheets) {
    const base = sheet.href ?? document.baseURI
    for (const rule of sheet.cssRules)
      if (rule instanceof CSSFontFaceRule)
        faces.push(
          rule.cssText.replace(/url\("?([^")]+)"?\)/g, (_, path: string) => `url("${new URL(path, base).href}")`),
        )
  }
  const style = inside.createElement('style')
  style.textContent = `${faces.join('\n')}\nbody { font-family: "Noto Sans SC Variable", system-ui, sans-serif; }`
  inside.head.append(style)
}
