import { join } from 'node:path'
import { app, type BrowserWindow, dialog, session } from 'electron'
import { translate } from '../../shared/i18n/translate.ts'
import { createFileLog } from '../devices/machine/file-log.ts'
import { systemClock } from '../devices/machine/system-ports.ts'
import { registerPageScheme, servePage } from './app-protocol.ts'
import { hostCalls } from './ipc-host.ts'
import { openApp } from './open-app.ts'
import { readStartOptions } from './start-options.ts'
import { createStoreSettings } from './store-settings.ts'
import { denyPermissions, openWindow } from './window.ts'

/** Where the parts of the built program lie. */
export interface ProgramFiles {
  preload: string
  rendererFolder: string
  resourcesFolder: string
  storeWorker: URL
}

/** Says why the counter cannot open, and ends. */
function giveUp(sentence: string): void {
  dialog.showErrorBox(app.getName(), sentence)
  app.exit(1)
}

async function open(files: ProgramFiles, options: ReturnType<typeof readStartOptions>): Promise<void> {
  await app.whenReady()
  const dataFolder = options.dataFolder ?? join(app.getPath('userData'), 'counter')
  const log = createFileLog(join(dataFolder, 'logs'), systemClock.now)
  const settings = createStoreSettings(dataFolder)
  const { serviceUrl } = options
  if (!serviceUrl) return giveUp('--service URL / COUNTERFOIL_SERVICE_URL')
  denyPermissions(session.defaultSession)
  servePage(session.defaultSession, files.rendererFolder)
  const opened = await openApp({
    options: { ...options, serviceUrl },
    version: app.getVersion(),
    dataFolder,
    resourcesFolder: files.resourcesFolder,
    storeWorker: files.storeWorker,
    log,
    settings,
  })
  if (!opened.ok) return giveUp(translate(settings.read().language, `error.${opened.error.code}`, opened.error.params))
  const counter = opened.value
  const windows: BrowserWindow[] = []
  const stopHosting = hostCalls({ app: counter, log, windows: () => windows })

  let closed = false
  app.on('before-quit', (event) => {
    if (closed) return
    // What is under way is settled and the store closed before the process goes.
    event.preventDefault()
    stopHosting()
    const quit = () => {
      closed = true
      app.quit()
    }
    counter.close().then(quit, (error: unknown) => {
      log.error('app.closeFailed', { error: error instanceof Error ? error.name : typeof error })
      quit()
    })
  })
  app.on('window-all-closed', () => app.quit())
  // Started by another program over a channel: ends with it, even if it is killed.
  if (process.connected) process.on('disconnect', () => app.quit())
  app.on('second-instance', () => {
    const [window] = windows
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  windows.push(await openWindow(files.preload))
}

/** Starts the counter with Electron: one instance, one window, everything the page does not need switched off. */
export function startElectron(files: ProgramFiles): void {
  const options = readStartOptions(process.argv.slice(1), process.env)
  if (options.dataFolder) app.setPath('userData', join(options.dataFolder, 'electron'))
  if (!app.requestSingleInstanceLock()) {
    app.exit(0)
    return
  }
  app.enableSandbox()
  registerPageScheme()
  open(files, options).catch((error: unknown) => giveUp(error instanceof Error ? error.message : String(error)))
}
