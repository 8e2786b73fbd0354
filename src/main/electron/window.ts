import { BrowserWindow, type BrowserWindowConstructorOptions, type Session } from 'electron'
import { pageOrigin } from './app-protocol.ts'

/** The counter's window. Everything the page could use to leave its place is off. */
function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1366,
    height: 768,
    minWidth: 1100,
    minHeight: 640,
    show: false,
    backgroundColor: '#fbfaf7',
    autoHideMenuBar: true,
    title: 'Counterfoil',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  }
}

/** Opens the window and keeps it on its page: no navigation away, no further window, no embedded one. */
export async function openWindow(preload: string): Promise<BrowserWindow> {
  const window = new BrowserWindow(windowOptions(preload))
  const { webContents } = window
  const stay = (event: { preventDefault(): void }, url: string) => {
    if (!url.startsWith(`${pageOrigin}/`)) event.preventDefault()
  }
  webContents.on('will-navigate', (event) => stay(event, event.url))
  webContents.on('will-redirect', (event) => stay(event, event.url))
  webContents.on('will-attach-webview', (event) => event.preventDefault())
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  window.once('ready-to-show', () => window.show())
  await window.loadURL(`${pageOrigin}/`)
  return window
}

/** The page asks for nothing: camera and printer belong to the core and to the print dialog. */
export function denyPermissions(
  session: Pick<Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler'>,
): void {
  session.setPermissionRequestHandler((_webContents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
}
