import { useLayoutEffect, useRef } from 'react'
import './paper.css'

/** A page's own rules and its content, taken out of a complete HTML document. Scripts are not taken over. */
function partsOf(html: string): { style: string; content: DocumentFragment } {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const style = [...page.querySelectorAll('style')].map((element) => element.textContent).join('\n')
  for (const active of page.querySelectorAll('script, style, link, iframe, object')) active.remove()
  const content = document.createDocumentFragment()
  content.append(...page.body.childNodes)
  return { style, content }
}

/**
 * A printed paper as it comes from the core, shown inside the window. It lives in a shadow root: its rules cannot touch the
 * window nor the window's rules it, but the shipped font applies and printing the window prints it.
 */
export function Paper({ html, label, extraStyle = '' }: { html: string; label: string; extraStyle?: string }) {
  const host = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: 'open' })
    const { style, content } = partsOf(html)
    const sheet = new CSSStyleSheet()
    // A shadow root has no body of its own; page rules only count in the document, where the screen puts them.
    sheet.replaceSync(
      `${style}\n${extraStyle}`.replace(/@page\s*\{[^}]*\}/g, '').replace(/(^|\})\s*body\s*\{/g, '$1 :host {'),
    )
    root.adoptedStyleSheets = [sheet]
    root.replaceChildren(content)
  }, [html, extraStyle])
  return <div ref={host} className="paper" role="document" aria-label={label} />
}
