import { type BrowserWindow, ipcMain, type WebFrameMain } from 'electron'
import { fail, type Result } from '../../shared/domain/result.ts'
import type { App } from '../core/app.ts'
import type { Log } from '../core/ports.ts'
import { pageOrigin } from './app-protocol.ts'

export const callChannel = 'counterfoil:call'
export const eventChannel = 'counterfoil:event'

/** Only the top frame of our own page may call: a frame inside it, or a page that got in its place, may not. */
function isOurPage(frame: Pick<WebFrameMain, 'url' | 'parent'> | null): boolean {
  return frame !== null && frame.parent === null && frame.url.startsWith(`${pageOrigin}/`)
}

/** Answers calls of the page and forwards events to its windows. Returns the function that ends both. */
export function hostCalls(parts: { app: App; log: Log; windows: () => readonly BrowserWindow[] }): () => void {
  const { app, log, windows } = parts
  ipcMain.handle(callChannel, async (event, call: unknown): Promise<Result<unknown>> => {
    if (!isOurPage(event.senderFrame)) {
      log.warn('ipc.forbiddenSender')
      return fail('request.forbiddenOrigin')
    }
    const { name, input } = (typeof call === 'object' && call !== null ? call : {}) as { name: string; input: unknown }
    return app.dispatch({ name, input }, { shell: 'electron' })
  })
  const stopListening = app.on((event) => {
    for (const window of windows()) if (!window.isDestroyed()) window.webContents.send(eventChannel, event)
  })
  return () => {
    stopListening()
    ipcMain.removeHandler(callChannel)
  }
}
