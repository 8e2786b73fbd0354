import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { BrowserWindowConstructorOptions, WindowOpenHandlerResponse } from 'electron'
import type { Frame, Page, Request as PageRequest } from 'playwright'
import { launchBrowser } from '../../../scripts/support/browser.ts'
import { onExit } from './app.ts'
import { record, showPage, tell } from './control.ts'
import { invoke } from './ipc-main.ts'
import { preloadScript } from './preload-world.ts'
import { askPage } from './session.ts'

/** Chromium knows no scheme of our making without Electron: the page stands under this origin instead. */
const pageOrigin = 'https://counterfoil.stand-in'
const toApp = (url: string) => url.replace(pageOrigin, 'app://counterfoil')
const toPage = (url: string) => url.replace('app://counterfoil', pageOrigin)

type OpenHandler = (details: { url: string }) => WindowOpenHandlerResponse

class StandInContents extends EventEmitter {
  page: Page | undefined
  openHandler: OpenHandler = () => ({ action: 'allow' })

  setWindowOpenHandler(handler: OpenHandler) {
    this.openHandler = handler
  }

  send(channel: string, ...values: unknown[]) {
    void this.page
      ?.evaluate(([name, content]) => window.dispatchEvent(new CustomEvent(`stand-in:${name}`, { detail: content })), [
        channel,
        structuredClone(values),
      ] as const)
      .catch(() => undefined)
  }
}

/** A window without a frame: what the shell does with it happens to a page in headless Chromium. */
export class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents()
  readonly options: BrowserWindowConstructorOptions
  shown = false
  destroyed = false

  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
    record('window', options)
  }

  isDestroyed() {
    return this.destroyed
  }
  isMinimized() {
    return false
  }
  restore() {
    record('restore', true)
  }
  focus() {
    record('focus', true)
  }
  show() {
    this.shown = true
    record('show', true)
  }

  async loadURL(url: string) {
    const browser = await launchBrowser()
    onExit(() => browser.close())
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 } })
    const page = await context.newPage()
    this.webContents.page = page
    const senderOf = (frame: Frame) => ({ url: toApp(frame.url()), parent: frame.parentFrame() ? {} : null })
    await page.exposeBinding('standInInvoke', ({ frame }, channel: string, values: unknown[]) =>
      invoke(senderOf(frame), channel, values),
    )
    await page.addInitScript(preloadScript(readFileSync(this.options.webPreferences!.preload!, 'utf8')))
    /** The frame a navigation belongs to; a window that is only being opened has none yet. */
    const frameOf = (request: PageRequest) => {
      try {
        return request.frame()
      } catch {
        return undefined
      }
    }
    await context.route('**/*', async (route) => {
      const request = route.request()
      const away = !request.url().startsWith(`${pageOrigin}/`)
      const frame = frameOf(request)
      if (request.isNavigationRequest() && frame === page.mainFrame() && frame.url() !== 'about:blank') {
        let prevented = false
        const event = { url: toApp(request.url()), preventDefault: () => (prevented = true) }
        this.webContents.emit('will-navigate', event)
        record('will-navigate', { url: event.url, prevented })
        // Any other error would put Chromium's error page in its place.
        if (prevented) return route.abort('aborted')
      }
      if (away) {
        record('left', request.url())
        return route.abort()
      }
      const answer = await askPage(toApp(request.url()), request.method())
      if (!answer) return route.abort()
      return route.fulfill({
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(await answer.arrayBuffer()),
      })
    })
    page.on('popup', async (popup) => {
      const { action } = this.webContents.openHandler({ url: popup.url() })
      record('window-open', { action })
      if (action === 'deny') await popup.close().catch(() => undefined)
    })
    page.on('console', (message) => {
      if (message.type() === 'error') record('console', message.text())
    })
    page.on('pageerror', (error) => record('pageError', error.message))
    await page.goto(toPage(url), { waitUntil: 'load' })
    showPage(page)
    this.emit('ready-to-show')
    tell('ready')
  }
}
