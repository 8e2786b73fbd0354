/** Runs in the page: what a clerk needs and cannot see, or can only reach by scrolling sideways. */
export function cutOff(): string[] {
  const wrong: string[] = []
  const page = document.scrollingElement!
  if (page.scrollWidth > innerWidth) wrong.push(`the page is ${page.scrollWidth} wide`)
  if (page.scrollHeight > innerHeight) wrong.push(`the page is ${page.scrollHeight} high`)
  const front = document.querySelector('dialog[open]') ?? document
  const inside = (selector: string) => {
    for (const element of front.querySelectorAll(selector)) {
      const box = element.getBoundingClientRect()
      if (box.width === 0) continue
      if (box.left < -1 || box.right > innerWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1)
        wrong.push(`${selector} reaches ${[box.left, box.top, box.right, box.bottom].map(Math.round)}`)
    }
  }
  for (const fixed of [
    '.primary-action-button',
    '.key-bar-key',
    '.frame-head > *',
    '.step-rail-step',
    '.case-rail-abandon',
    '.dialog-head',
  ])
    inside(fixed)
  for (const element of front.querySelectorAll<HTMLElement>(
    'input, button, select, textarea, a[href], h1, [role="radio"]',
  )) {
    if (!element.checkVisibility() || element.closest('.visually-hidden')) continue
    element.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    const box = element.getBoundingClientRect()
    if (box.left < -1 || box.right > innerWidth + 1)
      wrong.push(`${element.tagName} "${element.textContent}" sticks out`)
  }
  // What is cut off without a mark, or has to be scrolled sideways, is not read.
  for (const element of front.querySelectorAll<HTMLElement>('*')) {
    const { overflowX, textOverflow } = getComputedStyle(element)
    if (overflowX === 'visible' || textOverflow === 'ellipsis' || element.closest('.visually-hidden, input')) continue
    if (element.scrollWidth > element.clientWidth + 1)
      wrong.push(`${element.tagName}.${element.className} is ${element.scrollWidth} wide in ${element.clientWidth}`)
  }
  return wrong
}
